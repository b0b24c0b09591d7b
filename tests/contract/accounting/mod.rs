//! Lists the behaviours that every accounting connector has to show, through the real command line, judged by the books of the
//! system itself: the sandbox in each of its protections, and two systems that nobody here wrote.
//!
//! A new connector is an [`AccountingSubject`](subject::AccountingSubject) and a module at the end, which names its lists.

#![expect(clippy::panic, reason = "a behaviour fails as an assert in a test would, and says what it saw")]

mod bare;
mod claims;
mod coded;
mod currency;
mod dying;
mod locking;
mod losing;
mod measured;
mod odoo;
mod people;
mod posting;
mod receipts;
mod sandbox;
mod subject;
mod system_rig;
mod tryton;

/// Makes the tests of a module, one for each behaviour, against the subject that `$fresh` makes.
macro_rules! behaviours {
    ($fresh:expr; $($module:ident::$behaviour:ident,)*) => {
        $(
            #[test]
            fn $behaviour() {
                super::system_rig::asked($fresh, super::$module::$behaviour);
            }
        )*
    };
}

/// Lists the behaviours of every system.
macro_rules! of_every_system {
    ($fresh:expr) => {
        behaviours! { $fresh;
            posting::posted_records_are_looked_up_and_never_posted_again,
            posting::a_refused_record_never_holds_the_others,
            posting::a_record_in_a_closed_period_is_booked_on_another_day,
            posting::a_closed_period_is_passed_over_where_that_is_the_rule,
            posting::a_payee_that_is_missing_is_made_where_the_workspace_allows,
            posting::texts_of_all_kinds_arrive_and_stand_in_nobodys_way,
            posting::records_beyond_a_page_are_found_again_on_both_sides,
            posting::an_amount_with_too_many_decimals_is_held_and_not_rounded,
            posting::a_slow_server_is_waited_for,
            posting::a_re_export_adds_a_voucher_and_a_reversal_takes_one_back,
            claims::claim_of_lines_is_one_balanced_voucher_or_none,
            claims::claim_whose_answer_is_lost_is_not_made_twice,
            claims::claim_that_was_changed_in_the_books_is_noticed,
            receipts::receipts_are_attached_once,
            receipts::an_attachment_whose_answer_is_lost_is_not_made_twice,
            receipts::an_attachment_that_never_arrives_is_made_up_for,
            receipts::a_receipt_that_is_missing_stands_on_the_list,
            currency::foreign_currency_has_both_amounts_or_the_record_is_held,
            currency::a_rate_that_contradicts_its_amounts_holds_the_record,
            coded::claim_in_two_vat_codes_and_three_dimensions_is_one_voucher,
            coded::claims_killed_at_random_are_whole_with_each_receipt_once,
            coded::a_voucher_with_vat_is_taken_back_whole,
            coded::a_vat_code_that_the_books_do_not_know_is_refused_alone,
            coded::a_dimension_value_that_is_not_in_the_books_is_refused_alone,
            losing::a_write_that_never_arrives_is_made_up_for,
            losing::a_write_whose_answer_is_lost_is_not_made_twice,
            losing::a_write_that_takes_effect_late_is_not_made_twice,
            losing::a_look_up_that_is_lost_is_no_proof_of_anything,
            losing::a_network_that_loses_every_other_request_loses_no_record,
            people::a_voucher_reversed_by_hand_is_noticed_and_not_sent_again,
            people::a_voucher_deleted_by_hand_is_noticed_and_not_sent_again,
            people::the_next_sync_notices_by_itself_that_a_voucher_is_gone,
            people::several_vouchers_of_one_reference_are_named,
            locking::two_of_three_at_once_are_refused_and_name_the_holder,
            locking::a_killed_holder_is_taken_over_and_its_work_is_finished,
            locking::a_holder_that_slept_past_its_lease_writes_nothing_more,
            locking::a_lock_is_broken_with_a_reason_and_its_former_holder_stops,
            dying::a_server_that_stands_still_for_a_while_is_waited_for,
            dying::a_server_that_dies_and_comes_back_has_each_record_once,
            dying::postonce_killed_at_random_loses_and_doubles_nothing,
            dying::a_server_killed_at_random_loses_and_doubles_nothing,
        }
    };
}

/// Lists the behaviours of systems that keep two equal requests from becoming two vouchers. With nothing but a search, no client
/// can.
macro_rules! of_systems_that_survive_a_repeat {
    ($fresh:expr) => {
        behaviours! { $fresh;
            losing::a_write_that_the_network_repeats_is_booked_once,
        }
    };
}

/// Lists the behaviours of systems whose books are looked at before anything is sent: a reference may become free again there.
macro_rules! of_systems_looked_at_first {
    ($fresh:expr) => {
        behaviours! { $fresh;
            people::a_ledger_that_missed_a_re_export_posts_nothing_for_it,
        }
    };
}

/// Lists the behaviours of systems where vouchers are staged first.
macro_rules! of_systems_with_drafts {
    ($fresh:expr) => {
        behaviours! { $fresh;
            losing::a_commit_that_never_arrives_is_made_up_for,
            losing::a_commit_whose_answer_is_lost_is_not_made_twice,
            losing::a_commit_that_takes_effect_late_is_not_made_twice,
            losing::a_commit_that_the_network_repeats_books_once,
            locking::a_lock_broken_during_a_held_request_books_nothing_twice,
            people::drafts_left_behind_are_finished_or_cleared_away,
            people::drafts_left_behind_by_a_lost_ledger_are_cleared_away,
            people::drafts_found_and_not_surely_discarded_are_made_anew,
        }
    };
}

/// Lists the behaviours of systems in which a person can reach drafts and references, too.
macro_rules! of_systems_that_people_edit {
    ($fresh:expr) => {
        behaviours! { $fresh;
            people::a_voucher_without_its_reference_is_noticed_and_not_sent,
            people::a_draft_renamed_and_booked_by_hand_waits_for_a_person,
            people::a_draft_that_a_person_deleted_holds_nothing_but_itself,
            people::a_draft_that_a_person_changed_is_never_booked_as_it_is,
            coded::vat_and_dimensions_changed_in_the_books_are_noticed,
        }
    };
}

mod over_enforced {
    of_every_system!(super::sandbox::ENFORCED);
    of_systems_that_survive_a_repeat!(super::sandbox::ENFORCED);
}

mod over_fenced {
    of_every_system!(super::sandbox::FENCED);
    of_systems_looked_at_first!(super::sandbox::FENCED);
}

mod over_staged {
    of_every_system!(super::sandbox::STAGED);
    of_systems_looked_at_first!(super::sandbox::STAGED);
    of_systems_that_survive_a_repeat!(super::sandbox::STAGED);
    of_systems_with_drafts!(super::sandbox::STAGED);
}

mod over_observed {
    of_every_system!(super::sandbox::OBSERVED);
    of_systems_looked_at_first!(super::sandbox::OBSERVED);
}

mod over_tryton {
    of_every_system!(super::tryton::fresh);
    of_systems_looked_at_first!(super::tryton::fresh);
    of_systems_that_survive_a_repeat!(super::tryton::fresh);
    of_systems_with_drafts!(super::tryton::fresh);
    of_systems_that_people_edit!(super::tryton::fresh);
    behaviours! { super::tryton::fresh;
        people::a_draft_whose_account_a_person_changed_is_made_anew,
        people::a_copy_that_a_person_drafted_is_left_alone_and_named,
        locking::a_lock_whose_row_a_person_put_out_of_use_still_locks,
    }
}

mod over_tryton_with_short_sessions {
    behaviours! { super::tryton::fresh_with_short_sessions;
        dying::a_session_that_ran_out_in_the_middle_is_renewed,
    }
}

mod over_odoo {
    of_every_system!(super::odoo::fresh);
    of_systems_looked_at_first!(super::odoo::fresh);
    of_systems_that_survive_a_repeat!(super::odoo::fresh);
    of_systems_with_drafts!(super::odoo::fresh);
    of_systems_that_people_edit!(super::odoo::fresh);
}
