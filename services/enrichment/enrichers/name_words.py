"""The words that tell what kind of name they stand in: heads, forms of address, offices, and what is no name."""

ORGANIZATION_HEADS = frozenset(
    "AG ASA Academy Administration Agency Airlines Airways Alliance Army Assemblies Assembly Associates Association "
    "Athletic Authorities Authority Bancorp Bank Bhd Board Brewery Broadcasting Brotherhood Bureau Cabinet "
    "Caliphate Capital Center Centre Chamber Church Club Clubs Co Co-operative Coalition College Command "
    "Commissariat Commission Committee Communications Community Companies Company Confederation Congress Consortium "
    "Consultants Consulting Cooperative Corp Corporation Corps Council Court Cricket Daily Department Directorate "
    "Division Dynasty Electric Electronics Embassy Empire Energy Enterprise Enterprises Exchange Express FC "
    "Federation Fellowship Finance Financial Foods Force Forces Forum Foundation Front Fund Gazette GmbH Government "
    "Group Guard Guardia Guild Herald Holding Holdings Inc Incorporated Industries Institute Institutes Institution "
    "Insurance Intelligence Journal Juniors LLC LLP LP Lab Laboratories Laboratory Labs League Legislature Limited "
    "Ltd Ltda Mail Media Ministry Mission Motors Movement NV Nation Network Networks News Newspaper Office Oil "
    "Orchestra Organisation Organization Oyj PLC Parliament Partners Partnership Party Petroleum Pharma "
    "Pharmaceuticals Philharmonic Police Post Press Prosecutor Pte Pty Publishers Publishing Radio Regiment "
    "Registry Resources Rovers SA SE School Schools Sdn Secretariat Securities Senate Service Services Society "
    "Solutions SpA Squad Studio Studios Supermarkets Symphony Systems TV Taskforce Team Technologies Telecom "
    "Television Times Treasury Tribunal Tribune Trust Union Unit United Universities University Ventures Wanderers "
    "Watch Workers Works Youth plc".split()
)
# These end the name of a body where "of" or "for" follows ("Ministry of …"), and an ordinary name where none does.
HEADS_BEFORE_OF = frozenset(
    "Academy Administration Agency Alliance Archdiocese Archive Archives Army Assembly Association Authority Bank "
    "Bar Board Brothers Bureau Cabinet Campaign Campaigners Center Centre Chamber Chambers Church Club Coalition "
    "College Command Commission Committee Community Company Confederation Congress Consulate Corporation Corps "
    "Council Court Department Diocese Directorate Division Doctors Embassy Faculty Federation Fellowship Force "
    "Forces Forum Foundation Friends Front Fund Government Group Guild House Initiative Institute Institutes "
    "Institution Laboratory League Ministries Ministry Movement Museum Network Office Order Organisation "
    "Organization Parliament Partnership Party Registrar Reporters School Secretariat Senate Service Services "
    "Sisters Society Syndicate System Team Tribunal Trust Union Unions University".split()
)
# Names that begin with one of these are a body's.
ORGANIZATION_FRONTS = frozenset(
    "Al-Ahly Asociación Associazione Associação Atlético Banca Banco Banque Bayern Borussia Club Comisión "
    "Compañía Consejo Corporación Cámara Deportivo Diario Empresa Federación Federação Fondation Fondazione "
    "Frente Fundación Fundação Groupe Grupo Gruppo Guardia Institut Instituto Ministerio Ministère Movimiento "
    "Parti Partido Partito Policía Radio Sindicato Sporting Televisión Tribunal Universidad Universidade "
    "Università Universität Université".split()
)
LOCATION_HEADS = frozenset(
    "Archipelago Atoll Basin Bay Beach Canal Canyon Cape Coast Corridor County Creek Delta Desert District "
    "Emirate Estuary Falls Forest Glacier Governorate Gulf Harbor Harbour Heights Highlands Hill Hills Island "
    "Islands Isles Lagoon Lake Lakes Lowlands Mountain Mountains Municipality Oasis Oblast Ocean Parish Park Peak "
    "Peninsula Plains Plateau Prefecture Province Provinces Reef Region Reserve Ridge River Sea Springs State "
    "Strait Straits Sultanate Territories Territory Town Township Upazila Valley Village Volcano Wetlands Woods".split()
)
LOCATION_FRONTS = frozenset(
    "Bay Cape Cerro Ciudad Côte Fort Gulf Isla Islas Isle Lago Lake Mount Mt Nueva Nuevo Playa Puerto "
    "Punta Rio Río Sierra Strait Straits Volcán Île".split()
)
# Only with "of" after it: "Gulf of …", "Republic of …", "Bay of …".
LOCATION_BEFORE_OF = frozenset(
    "Bay Cape City Commonwealth County District Emirate Gulf Horn Island Isle Kingdom Lake Municipality Peninsula "
    "Province Republic Rock Sea State Strait Straits Sultanate Territory Town Valley".split()
)
EVENT_HEADS = frozenset(
    "Biennale Carnival Ceremony Championship Championships Conference Cup Cyclone Derby Earthquake "
    "Election Elections Expo Exposition Fair Festival Games Genocide Hurricane Marathon Massacre Olympiad "
    "Olympics Paralympics Prix Rally Regatta Revolution Summit Tournament Uprising War Wars".split()
)
# What such a word ends is a text, a plan or a prize: neither a person, nor a body, nor a place.
OTHER_HEADS = frozenset(
    "Accord Accords Act Acts Age Ages Agreement Album Amendment Article Award Awards Bible Bill Budget Census "
    "Century Certificate Chapter Charter Code Constitution Convention Day Declaration Degree Directive Disease "
    "Dynasty Edition Effect Era Exception Fever Film Framework Goals Gospel Guidelines Index Law Laws Licence "
    "License Medal Month Movie Novel Operation Order Period Plan Plans Policy Principle Prize Prizes Program "
    "Programme Programmes Project Projects Protocol Quran Regulations Report Reports Resolution Rights Rules "
    "Scheme Season Section Song Strategy Survey Syndrome Tax Theory Trail Treaty Trophy Version Virus Visa Week "
    "Year".split()
)
# Forms of address, offices and trades, as they stand before someone's name.
TITLES = frozenset(
    "Acting Activist Actor Actress Admiral Advocate Ambassador Analyst Archbishop Artist Attorney Aunt Auntie "
    "Aunty Author Ayatollah Baron Baroness Barrister Bishop Brigadier Brother CEO CFO COO CTO Capt Captain "
    "Cardinal Cde Chair Chairman Chairperson Chairwoman Chancellor Chief Co-founder Coach Col Collector Colonel "
    "Commander Commissioner Commodore Comrade Congressman Congresswoman Constable Corporal Councillor Councilman "
    "Councilor Councilwoman Counsellor Counselor Count Countess Cpl Crown Dame Dato Datuk Dean Defender Deputy "
    "Detective Director Doctor Don Doña Dr Duchess Duke Economist Editor Elder Emir Emperor Empress Eng Engineer "
    "Envoy Ex-Minister Ex-President Excellency Father Former Founder Fr Frau Gen General Goalkeeper Gov Governor "
    "Grandfather Grandma Grandmother Haji Hajj Her Herr Highness His Hon Honorable Honourable Imam Inspector "
    "Interim Journalist Judge Justice King Lady Late Lawyer Lecturer Lieutenant Lord Lt MD MEP MLA MP Madame Maj "
    "Majesty Major Manager Marshal Maulana Mayor Midfielder Minister Miss Mme Monsieur Mother Mr Mrs Ms Mullah Mx "
    "Officer Parliamentarian Pastor Pope Premier President Prime Prince Princess Principal Private Prof Professor "
    "Prosecutor Queen Rabbi Rapper Rector Rep Reporter Representative Researcher Rev Reverend Saint Secretary Sen "
    "Senator Senior Sergeant Seri Señor Señora Sgt Shaikh Shaykh Sheik Sheikh Sheikha Sheriff Shri Signor Singer "
    "Sir Sister Smt Speaker Spokesman Spokesperson Spokeswoman Sri Striker Sultan Superintendent Swami Tan "
    "Treasurer Tsar Tun Uncle Undersecretary Ustad Vice Vice-President".split()
)
# Acronyms of things that are no bodies.
NO_BODIES = frozenset(
    "ADHD AGM AI AIDS AM API APR ARV ASAP ATM ATMs BA BC BCE BSc CAGR CCTV CD CE CEO CEOs CFO CFOs CNG CO COO "
    "COVID CPI CPR CPU CSR CTO CV DIY DJ DNA DVD ECG EEZ EIA ESG EST ETA ETF EV EVs FAQ FDI FIR FY GBP GDP GHG "
    "GIS GMO GMT GNP GPS GST HD HIV HIV/AIDS HPV HR ICC-T20 ICT ICU ID IDP IDPs II III IMEI IP IPO IPOs IQ ISBN "
    "IT IUU IV IVF KPI LED LGBT LGBTQ LGBTQI LLB LNG LPG MA MBA MC MD MIS MOU MOUs MP MPs MRI MSME MSMEs MSc MVP "
    "MoU MoUs NFT NGO NGOs NOTE ODI OK PC PCR PDF PHD PIN PM PPE PPP PR PS PSA PTSD PV PhD QR R&D RNA ROI RSVP "
    "SDG SDGs SIM SME SMEs SMS SOP SOPs SOS SUV SUVs T20 TB TDS TV UAV UFO UHC UN-led UPI URL USB USD USP UTC UV "
    "VAT VIP VPN VR WIFI XI XX XXI".split()
)
DIRECTIONS = frozenset(
    "Central East Eastern Greater Inner Lower Mid North North-East North-West Northeast Northeastern Northern "
    "Northwest Northwestern Outer South South-East South-West Southeast Southeastern Southern Southwest "
    "Southwestern Upper West Western".split()
)
# Words that begin a sentence, and days and months: none of them begins a name.
FUNCTION_WORDS = frozenset(
    "A About Above According Across Additionally After Afterwards Again Against All Along Already Also Although "
    "Among An And Another Any April As Asked At August Back Because Before Behind Below Besides Between Both But "
    "By Can Could December Despite Did Do Does During Each Earlier Either Even Every Everyone Except February Few "
    "Finally First For Friday From Further Furthermore Had Has Have He Hence Her Here His How However I If In "
    "Indeed Inside Instead Into Is It Its January July June Just Last Later Like Many March Meanwhile Monday More "
    "Moreover Most Much My Near Neither Never Nevertheless Next No Nonetheless Not Nothing November Now October "
    "Of Off On Once One Only Or Other Others Our Out Outside Over Perhaps Rather Recently Saturday Second "
    "September Several She Should Similarly Since So Some Sometimes Soon Still Such Sunday Than That The Their "
    "Then There Therefore These They This Those Though Three Through Throughout Thursday Thus To Today Together "
    "Tuesday Two Under Unlike Until Up Upon Was We Wednesday Were What When Where Whereas Whether Which While Who "
    "Whose Why Will With Within Without Would Yes Yesterday Yet You Your".split()
)
