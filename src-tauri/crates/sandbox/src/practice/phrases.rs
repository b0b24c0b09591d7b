//! Lists names, places and words for the practice records. All people are invented.

/// Name and department of each peer mentor; the place in the list is the number in the id.
pub(super) const PEER_MENTORS: [(&str, &str); 40] = [
    ("Astrid Haugen", "10"),
    ("Bjørn Solberg", "20"),
    ("Camilla Nygård", "30"),
    ("Dag Kristiansen", "10"),
    ("Eli Bakken", "40"),
    ("Finn Moen", "50"),
    ("Grete Lund", "20"),
    ("Håkon Strand", "30"),
    ("Inger Johanne Dahl", "10"),
    ("Jan Erik Øvrebø", "20"),
    ("Kirsten Aas", "40"),
    ("Lars Myhre", "50"),
    ("Marit Sætre", "30"),
    ("Nils Petter Hagen", "10"),
    ("Oddny Fossum", "40"),
    ("Per Arne Lie", "20"),
    ("Ragnhild Eide", "30"),
    ("Sigurd Tangen", "50"),
    ("Torill Brekke", "10"),
    ("Ulf Gundersen", "20"),
    ("Vigdis Åsheim", "40"),
    ("Wenche Holm", "10"),
    ("Yngve Rønning", "50"),
    ("Åse Marie Vik", "30"),
    ("Øystein Berge", "20"),
    ("Anne Lise Ruud", "10"),
    ("Berit Sandvik", "50"),
    ("Christian Ness", "30"),
    ("Ellen Torgersen", "40"),
    ("Frode Aune", "50"),
    ("Gunn Helgesen", "20"),
    ("Helge Tveit", "30"),
    ("Idar Nilsen", "40"),
    ("Jorunn Skaar", "30"),
    ("Kåre Amundsen", "10"),
    ("Liv Ingrid Bøe", "20"),
    ("Mari Ánne Somby", "40"),
    ("Odd Harald Wold", "50"),
    ("Solveig Krogh", "10"),
    ("Terje Heggelund", "20"),
];

/// The places at which peer mentors meet the people they help.
pub(super) const VENUES: [&str; 18] = [
    "Nordlandssykehuset Bodø",
    "UNN Tromsø",
    "Finnmarkssykehuset Hammerfest",
    "St. Olavs hospital, Trondheim",
    "Sykehuset Namsos",
    "Ålesund sjukehus",
    "Haukeland universitetssjukehus, Bergen",
    "Førde sentralsjukehus",
    "Stavanger universitetssjukehus",
    "Sørlandet sykehus Kristiansand",
    "Sørlandet sykehus Arendal",
    "Sykehuset Telemark, Skien",
    "Sykehuset i Vestfold, Tønsberg",
    "Drammen sykehus",
    "Rikshospitalet, Oslo",
    "Ahus, Lørenskog",
    "Sykehuset Østfold Kalnes",
    "Sykehuset Innlandet Lillehammer",
];

/// The reasons for their visits.
pub(super) const ERRANDS: [&str; 8] = [
    "Likepersonssamtale",
    "Besøkstjeneste",
    "Likepersonstreff",
    "Samtalegruppe",
    "Stand i vestibylen",
    "Møte med pasientopplæringen",
    "Hjemmebesøk",
    "Pårørendekveld",
];

/// Journeys by public transport, with the price of the cheapest and the dearest ticket in kroner.
pub(super) const JOURNEYS: [(&str, u32, u32); 10] = [
    ("Tog Oslo S–Lillehammer t/r", 398, 916),
    ("Tog Trondheim–Steinkjer t/r", 296, 588),
    ("Fly Bodø–Oslo t/r", 1498, 3890),
    ("Fly Tromsø–Trondheim t/r", 1699, 3450),
    ("Buss Bergen–Førde t/r", 612, 790),
    ("Hurtigbåt Bodø–Sandnessjøen t/r", 1180, 1420),
    ("Ferge Moss–Horten t/r", 128, 256),
    ("Flytoget Oslo lufthavn t/r", 252, 504),
    ("Månedskort Ruter, sone 1", 897, 897),
    ("Bybanen og buss Bergen, enkeltbilletter", 44, 264),
];

/// Hotels, with the price of a night in kroner.
pub(super) const HOTELS: [(&str, u32, u32); 6] = [
    ("Scandic Havet, Bodø", 1190, 1890),
    ("Thon Hotel Nidaros, Trondheim", 1095, 1695),
    ("Clarion Hotel The Edge, Tromsø", 1290, 2190),
    ("Zander K, Bergen", 1150, 1790),
    ("Quality Hotel Expo, Fornebu", 1045, 1595),
    ("Scandic Lillehammer", 990, 1450),
];

/// Courses, with the lowest and highest fee in kroner.
pub(super) const COURSES: [(&str, u32, u32); 5] = [
    ("Grunnkurs for likepersoner", 450, 950),
    ("Kurs i den vanskelige samtalen", 600, 1500),
    ("Førstehjelpskurs, Røde Kors", 750, 1250),
    ("Taushetsplikt og personvern, digitalt kurs", 250, 490),
    ("Videregående likepersonskurs", 900, 2400),
];

/// Things that are bought for the work, with the lowest and highest price in kroner.
pub(super) const SUPPLIES: [(&str, u32, u32); 7] = [
    ("Brosjyrer og plakater, trykk", 290, 1890),
    ("Kopipapir og permer", 119, 540),
    ("Skriver, blekkpatroner", 349, 1099),
    ("Batterier til høreapparat, demo", 99, 399),
    ("Roll-up til stand", 890, 1790),
    ("Porto og konvolutter", 74, 460),
    ("Navneskilt og tusjer", 89, 310),
];

/// Food and drink, with the price for each guest in kroner.
pub(super) const SERVINGS: [(&str, u32, u32); 5] = [
    ("Kaffe og kringle", 35, 62),
    ("Pizza og brus", 95, 165),
    ("Rundstykker og te", 48, 79),
    ("Lunsj", 129, 219),
    ("Vafler og kaffe", 30, 55),
];

/// Rooms that are hired, with the lowest and highest rent in kroner.
pub(super) const ROOMS: [(&str, u32, u32); 5] = [
    ("Møterom, Frivilligsentralen", 200, 700),
    ("Grendehuset, leie kveld", 500, 1500),
    ("Sal på folkebiblioteket", 300, 900),
    ("Kurslokale, 1 dag", 1500, 4200),
    ("Menighetssalen, leie", 400, 1200),
];

/// The months, as they stand in a text.
pub(super) const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];

/// Projects that bear costs.
pub(super) const PROJECTS: [&str; 6] = ["P1", "P3", "P4", "P7", "P9", "P12"];
