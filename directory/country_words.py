"""Further names of countries, and English adjectives, beside what CLDR knows.

Plain data, written as ``CODE word, word``; spelling is folded before it is compared.
"""

ALIASES = """
AE Emirates, UAE, U.A.E.
BA Bosnia, Bosnia-Herzegovina, Bosnia Hercegovina
BF Burkina
BN Brunei Darussalam
BO Plurinational State of Bolivia
BS The Bahamas
BY Belorussia, Byelorussia, Белоруссия
CD Democratic Republic of the Congo, Democratic Republic of Congo, DR Congo, DRC, Congo-Kinshasa
CD Congo (Kinshasa), Congo (DRC), Zaire
CF Centrafrique
CG Republic of the Congo, Republic of Congo, Congo-Brazzaville, Congo (Brazzaville)
CI Ivory Coast, Cote d'Ivoire
CN People's Republic of China, PRC, Mainland China
CV Cabo Verde
CZ Czech Republic, Czech Rep., República Checa, République tchèque, Tschechische Republik
CZ Repubblica Ceca, Republika Czeska, Чешская Республика, Česko, Česká republika
DE Federal Republic of Germany
EE Eesti
ES Spanish State, Estado español
FK Falklands, Malvinas
FM Federated States of Micronesia
GB UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland
GB United Kingdom of Great Britain and Northern Ireland
GB Gran Bretaña, Grande-Bretagne, Großbritannien, Gran Bretagna, Grã-Bretanha, Inglaterra
GM The Gambia
GR Hellas, Hellenic Republic
HK Hong Kong
HR Hrvatska
HU Magyarország
IE Republic of Ireland, Eire, Éire
IN Bharat
IR Islamic Republic of Iran, Persia
KG Kirghizia, Kyrgyz Republic
KH Kampuchea
KP Северная Корея, DPRK, Democratic People's Republic of Korea
KR Южная Корея, Republic of Korea, Korea (South), South-Korea
LA Lao People's Democratic Republic, Lao PDR
MD Moldavia, Republic of Moldova
MK Macedonia, FYROM, Republic of North Macedonia, Republic of Macedonia
MM Burma, Myanmar
MO Macau, Macao
NL Holland, The Netherlands, Holanda, Hollande, Olanda, Hollanda
NO Norge, Noreg
NZ Aotearoa, Aotearoa New Zealand
PH The Philippines, Pilipinas
PS Palestine, State of Palestine, Occupied Palestinian Territory
RO Rumania, Roumania
RS Srbija
RU Russian Federation, Российская Федерация
SE Sverige
SK Slovak Republic, Slovensko
SI Slovenija
SZ Swaziland
SY Syrian Arab Republic
TL East Timor
TR Turkey
TW Taiwan, Republic of China
TZ United Republic of Tanzania
US USA, U.S.A., U.S., United States of America, the United States, The States
US Vereinigte Staaten von Amerika, Stany Zjednoczone Ameryki, США
US Estados Unidos de América, EE.UU., EE. UU., EUA, ABD, EEUU, États-Unis d'Amérique
VA Vatican, Holy See
VE Bolivarian Republic of Venezuela
VN Viet Nam
XK Kosova, Republic of Kosovo
"""

ADJECTIVES = """
AD andorran
AE emirati
AF afghan
AL albanian
AM armenian
AO angolan
AR argentine, argentinian, argentinean
AT austrian
AU australian, new south wales
AZ azerbaijani, azeri
BA bosnian
BB barbadian
BD bangladeshi, bengali
BE belgian
BF burkinabe, burkinese
BG bulgarian
BH bahraini
BI burundian
BJ beninese
BO bolivian
BR brazilian
BS bahamian
BT bhutanese
BW botswanan
BY belarusian, belarussian, byelorussian
BZ belizean
CA canadian, french canadian
CH swiss
CI ivorian
CL chilean
CM cameroonian
CN chinese
CO colombian
CR costa rican
CU cuban
CY cypriot
CZ czech
DE german
DK danish
DJ djiboutian
DZ algerian
EC ecuadorian, ecuadorean
EE estonian
EG egyptian
EH sahrawi, saharawi
ER eritrean
ES spanish
ET ethiopian
FI finnish
FJ fijian
FR french
GA gabonese
GB british, scottish, welsh, northern irish
GE georgian
GH ghanaian
GM gambian
GR greek, hellenic
GT guatemalan
GY guyanese
HN honduran
HR croatian
HT haitian
HU hungarian
ID indonesian
IE irish
IL israeli
IN indian
IQ iraqi
IR iranian
IS icelandic
IT italian
JM jamaican
JO jordanian
JP japanese
KE kenyan
KG kyrgyz
KH cambodian
KP north korean
KR south korean
KW kuwaiti
KZ kazakh, kazakhstani
LA laotian
LB lebanese
LI liechtensteiner
LK sri lankan
LR liberian
LT lithuanian
LU luxembourgish, luxembourger
LV latvian
LY libyan
MA moroccan
MD moldovan
ME montenegrin
MG malagasy, madagascan
MK north macedonian
ML malian
MM burmese
MN mongolian
MR mauritanian
MT maltese
MU mauritian
MV maldivian
MW malawian
MX mexican
MY malaysian
MZ mozambican
NA namibian
NE nigerien
NG nigerian, niger delta
NI nicaraguan
NL dutch
NO norwegian
NP nepalese, nepali
NZ new zealander
PA panamanian
PE peruvian
PG papua new guinean
PH philippine, filipino
PK pakistani
PL polish
PR puerto rican
PS palestinian
PT portuguese
PY paraguayan
QA qatari
RO romanian, rumanian
RS serbian
RU russian
RW rwandan
SA saudi
SD sudanese
SE swedish
SG singaporean
SI slovenian, slovene
SK slovak
SL sierra leonean
SN senegalese
SO somali
SR surinamese
SS south sudanese
SV salvadoran, salvadorean
SY syrian
TD chadian
TG togolese
TH thai
TJ tajik
TL timorese
TM turkmen
TN tunisian
TR turkish
TT trinidadian
TW taiwanese
TZ tanzanian
UA ukrainian
UG ugandan
UY uruguayan
UZ uzbek
VE venezuelan
VN vietnamese
XK kosovan, kosovar
YE yemeni
ZA south african
ZM zambian
ZW zimbabwean
"""

# Words that are a country's only sometimes. The longer ones stop a shorter one inside them
# from being taken for a country: New Mexico is no Mexico, the West Indian is no Indian.
AMBIGUOUS = """
america, american, latin american, north american, south american, central american,
african american, american indian, west indian, indian ocean, anglo american,
british columbia, british columbian, british isles, new england, new jersey, new mexico,
new mexican, new holland, new brunswick, dutch caribbean, french basque, spanish basque,
chad, congo, congolese, dominica, dominican, emirates, georgia, guinea, guinean,
jersey, jordan, korea, korean, macedonia, macedonian, man, us, reunion, samoa, samoan,
saint martin, sint maarten, the states, burkina, malvinas, virgin islands, micronesia,
swiss german, russian german, baltic german, spanish speaking, french speaking,
german speaking, portuguese speaking, russian speaking, chinese speaking,
turkish speaking, greek speaking, dutch speaking, italian speaking, polish speaking
"""

# Which countries lie in which region of the world, by UN M.49, and Kosovo, Taiwan beside theirs.
REGIONS = """
africa DZ EG EH LY MA SD TN BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW AO CD
africa CF CG CM GA GQ ST TD BW LS NA SZ ZA BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG
americas AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI BZ CR
americas GT HN MX NI PA SV AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE BM CA GL PM US
asia KG KZ TJ TM UZ CN HK JP KP KR MN MO TW BN ID KH LA MM MY PH SG TH TL VN AF BD BT IN IR LK MV NP
asia PK AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE
europe BG BY CZ HU MD PL RO RU SK UA AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ AD AL BA ES GI
europe GR HR IT ME MK MT PT RS SI SM VA XK AT BE CH DE FR LI LU MC NL
oceania AU CC CX HM NF NZ FJ NC PG SB VU FM GU KI MH MP NR PW UM AS CK NU PF PN TK TO TV WF WS
"""
