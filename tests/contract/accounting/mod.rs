//! One list of behaviours that every accounting connector has to pass, through the real command line, judged by the books of
//! the system itself: the sandbox in each of its protections, and two systems that nobody here wrote.
//!
//! A new connector is an [`AccountingSubject`](subject::Subject) and a module at the end, which says which lists are its.

#![expect(clippy::panic, reason = "a behaviour fails as an assert in a test would, and says what it saw")]

mod bare;
mod dying;
mod locking;
mod losing;
mod measured;
mod odoo;
mod people;
mod posting;
mod sandbox;
mod subject;
mod system_rig;
mod tryton;

/// The tests of a module, a behaviour each, against what this makes.
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

/// What is asked of every system.
macro_rules! of_every_system {
    ($fresh:expr) => {
        behaviours! { $fresh;
            posting::what_is_posted_is_looked_up_and_never_posted_again,
            posting::one_that_is_refused_never_holds_the_others,
            posting::texts_of_all_kinds_arrive_and_stand_in_nobodys_way,
            posting::more_than_a_page_is_found_again_on_both_sides,
            posting::an_amount_with_too_many_decimals_is_told_and_not_rounded,
            posting::a_slow_server_is_waited_for,
            posting::a_re_export_makes_one_more_voucher_and_a_reversal_takes_one_back,
            losing::a_write_that_never_arrives_is_made_up_for,
            losing::a_write_whose_answer_is_lost_is_not_made_twice,
            losing::a_write_that_takes_effect_after_it_was_given_up_is_not_made_twice,
            losing::a_look_up_that_is_lost_is_no_proof_of_anything,
            losing::a_network_that_loses_every_other_request_loses_no_record,
            people::a_voucher_that_was_reversed_by_hand_is_noticed_and_not_exported_again,
            people::a_voucher_that_was_deleted_by_hand_is_noticed_and_not_exported_again,
            people::the_next_sync_notices_by_itself_that_a_voucher_is_gone,
            people::several_vouchers_of_one_reference_are_told,
            locking::of_three_at_once_one_exports_and_the_others_are_told_who_does,
            locking::a_holder_that_was_killed_is_taken_over_and_its_work_is_finished,
            locking::a_holder_that_slept_past_its_lease_writes_nothing_more,
            locking::a_lock_is_broken_with_a_reason_and_its_former_holder_stops,
            dying::a_server_that_stands_still_for_a_while_is_waited_for,
            dying::a_server_that_dies_in_the_middle_and_comes_back_has_each_once,
            dying::postonce_killed_at_random_moments_loses_and_doubles_nothing,
            dying::the_server_killed_at_random_moments_loses_and_doubles_nothing,
        }
    };
}

/// What is asked where something keeps two equal requests from becoming two vouchers. Where nothing but the search does, no client can.
macro_rules! of_whoever_survives_a_repeat {
    ($fresh:expr) => {
        behaviours! { $fresh;
            losing::a_write_that_the_network_repeats_is_booked_once,
        }
    };
}

/// What is asked where the books are looked at before anything is sent: a reference may become free again there.
macro_rules! of_whoever_looks_first {
    ($fresh:expr) => {
        behaviours! { $fresh;
            people::a_ledger_that_never_saw_a_re_export_posts_nothing_for_the_voucher_that_is_gone,
        }
    };
}

/// What is asked where vouchers are staged first.
macro_rules! of_whoever_has_drafts {
    ($fresh:expr) => {
        behaviours! { $fresh;
            losing::a_commit_that_never_arrives_is_made_up_for,
            losing::a_commit_whose_answer_is_lost_is_not_made_twice,
            losing::a_commit_that_takes_effect_after_it_was_given_up_is_not_made_twice,
            losing::a_commit_that_the_network_repeats_books_once,
            locking::a_holder_whose_lock_was_broken_while_its_request_stood_still_books_nothing_twice,
            people::drafts_left_behind_are_finished_or_cleared_away,
            people::drafts_left_behind_by_a_ledger_that_is_lost_are_cleared_away,
            people::drafts_that_were_found_and_not_certainly_discarded_are_made_anew,
        }
    };
}

/// What is asked where a person can reach drafts and references, too.
macro_rules! of_whoever_can_be_edited {
    ($fresh:expr) => {
        behaviours! { $fresh;
            people::a_voucher_that_lost_its_reference_is_noticed_and_not_exported_again,
            people::a_draft_that_a_person_renamed_and_booked_waits_for_that_person,
            people::a_draft_that_a_person_deleted_holds_nothing_but_itself,
            people::a_draft_that_a_person_changed_is_never_booked_as_it_is,
        }
    };
}

mod over_enforced {
    of_every_system!(super::sandbox::ENFORCED);
    of_whoever_survives_a_repeat!(super::sandbox::ENFORCED);
}

mod over_fenced {
    of_every_system!(super::sandbox::FENCED);
    of_whoever_looks_first!(super::sandbox::FENCED);
}

mod over_staged {
    of_every_system!(super::sandbox::STAGED);
    of_whoever_looks_first!(super::sandbox::STAGED);
    of_whoever_survives_a_repeat!(super::sandbox::STAGED);
    of_whoever_has_drafts!(super::sandbox::STAGED);
}

mod over_observed {
    of_every_system!(super::sandbox::OBSERVED);
    of_whoever_looks_first!(super::sandbox::OBSERVED);
}

mod over_tryton {
    of_every_system!(super::tryton::fresh);
    of_whoever_looks_first!(super::tryton::fresh);
    of_whoever_survives_a_repeat!(super::tryton::fresh);
    of_whoever_has_drafts!(super::tryton::fresh);
    of_whoever_can_be_edited!(super::tryton::fresh);
    behaviours! { super::tryton::fresh;
        people::a_draft_whose_account_a_person_changed_is_made_anew,
        people::a_copy_that_a_person_drafted_is_left_alone_and_told,
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
    of_whoever_looks_first!(super::odoo::fresh);
    of_whoever_survives_a_repeat!(super::odoo::fresh);
    of_whoever_has_drafts!(super::odoo::fresh);
    of_whoever_can_be_edited!(super::odoo::fresh);
}
