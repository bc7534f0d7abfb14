"""Lines that outlets' pages carry between an article's paragraphs, and true sentences that look like them.

All lines are invented. Each stands alone between two paragraphs, as in a crawl.
"""

from __future__ import annotations

import pytest

from pipeline.clean import clean
from schemas.documents import RawDocument

FIRST = (
    "The river rose two metres in a night, the mayor of Orlen said on Tuesday, and 14 people were taken to hospital."
)
LAST = "Engineers expect the water to fall by the weekend, although more rain is forecast for the upper valley."

CUT = {
    "another page of the outlet": [
        "Also on orlenherald.news Bread queues return as fuel runs short",
        "Also on The Orlen Herald: Why old stone houses fall first",
        "More from Valley Radio: Ten songs for a wet week",
        "Watch on herald.tv: The flood from above",
        "The post Flood in Orlen leaves three dead and nine missing, police say appeared first on Orlen Herald.",
        "The post Flood in Orlen drives hundreds from their homes appeared first on Orlen Herald.",
        "Read also | Five bridges that did not hold",
        "View all posts by Ana Ruiz",
    ],
    "share buttons": [
        "Share Tweet Email Print",
        "Facebook X WhatsApp Copy link",
        "12 Shares Share LinkedIn",
        "FacebookTwitterWhatsAppEmail",
        "Share with your friends",
        "Tweet | Pin it | Reddit | 1.2K Comments",
        "Share full article",
        "Follow the Orlen Herald on Facebook and Twitter",
        "Follow @orlenherald on X for more",
        "Join our WhatsApp channel",
        "Have a tip? Email us at tips@example.org",
        "Was this article helpful?",
        "Comments",
        "No comments yet",
        "Add your comment",
        "Spotted an error? Let the desk know",
    ],
    "dates and times": [
        "5 September 2026",
        "Saturday, September 5th, 2026",
        "2026-09-05 10:30",
        "05/09/2026",
        "Sep 5, 2026, 10:30 AM EDT",
        "Published 5 Sept 2026 at 10.30am BST",
        "Updated 3 hours ago",
        "Posted: Sat 5 Sep 2026, 10:30 | Last updated: Sun 6 Sep 2026, 08:00",
        "September 5, 2026 / 10:30 AM / Orlen News",
        "Ana Ruiz | 5 September 2026",
        "5 September 2026 · 4 min read",
        "4 min read",
        "Related Topics",
        "Tags: floods, dams",
    ],
    "subscriptions": [
        "Subscribe to our newsletter",
        "Sign up here",
        "Download the app",
        "Already a member? Sign in",
        "You have 2 free articles remaining this month",
        "Support independent journalism from two euros a month",
        "Enter your email address",
        "By registering you agree to what we say in small print",
        "This site is protected by reCAPTCHA",
        "Subscribe to continue reading",
        "Log in to continue",
    ],
    "advertising": [
        "Advertisement",
        "Story continues below",
        "Advertisement. Scroll to continue reading.",
        "Powered by Examplesoft",
        "Article continues after this advertisement",
        "We may earn a commission from links on this page.",
    ],
    "sound and pictures": [
        "Listen to this article 3 min",
        "Listen live",
        "0:00 / 3:21",
        "Video unavailable",
        "Image source, Getty",
        "Image caption, The church at noon",
        "Representational image",
        "Photos by Ana Ruiz/Orlen Herald",
        "View image in fullscreen",
    ],
    "who made it": [
        "With inputs from agencies",
        "(With inputs from AFP)",
        "(Only the headline of this report may have been reworked by the desk; the rest is from a syndicated feed.)",
        "(Except for the headline, this story has not been edited by our staff.)",
        "This article was originally published on Orlen Herald.",
        "The views expressed in this article are the writer's own.",
        "Our Standards: what we print and why",
        "By our special correspondent",
        "Written by Ana Ruiz",
        "By Ana Ruiz, Orlen Herald",
    ],
    "the page's frame": [
        "Home News Sport Weather",
        "Load More Comments",
        "Terms & Conditions",
        "News > World > Europe",
        "Contact us | About us | Privacy policy",
        "Loading…",
        "Skip to footer",
        "Only what is necessary",
        "Read next",
        "© 2026 Orlen Herald",
        "© Orlen Herald",
        "All rights reserved",
        "Any unauthorised use is prohibited.",
    ],
}

KEPT = [
    "Also on Monday, the council opened two schools.",
    "Also on the list: a house, two barns and a mill.",
    "More from the hills: three families came down on foot before dawn.",
    "The post by the minister appeared first on Facebook, and was shared 40,000 times.",
    "The post office in Orlen was the first to open.",
    "Share prices fell by a tenth.",
    "Follow Mr Ruiz through the valley and you hear one word.",
    "Originally a mill, the house was rebuilt in 1983.",
    "Facebook and Twitter took the pictures down.",
    "Tweets from the ministry said nothing of it.",
    "Follow-up visits are planned for May.",
    "The governor wrote on Twitter that help was on every road.",
    "Comments on this case were not welcome, the judge said.",
    "Commenting on this, the minister spoke of a misunderstanding.",
    "On 5 September 2026 the dam was closed.",
    "September 5, 2026, was the last day of the harvest.",
    "Three hours ago there was a village here, she said.",
    "Updated figures put the dead at 31.",
    "Posted to the border, he did not come back.",
    "A four-minute read of the verdict was all they got.",
    "Support for independent journalism has fallen, the survey says.",
    "The banking app is available in nine countries, the firm said.",
    "More than 3 million people had to download the app.",
    "Already registered voters need do nothing.",
    "By clicking a link, the clerk let the thieves in.",
    "By accepting the money, he broke the law.",
    "By signing the paper she gave up the house.",
    "Privacy settings were changed without notice.",
    "Powered by anger, the crowd moved on.",
    "An error occurred while the plane was landing, the report says.",
    "Photos by residents showed cars under water.",
    "Loading more than it may carry, the ship sank.",
    "Image is everything, her opponent said.",
    "Copyright Office clerks found the letter in 2019.",
    "The tweet does not necessarily reflect the views of the army, he said.",
    "Source familiar with the talks say little.",
    "Email inquiry hurts the mayor's campaign.",
    "Report: Ana Ruiz told the governor to leave.",
    "Home was a tent, and news came by radio.",
    "World leaders sent their condolences.",
    "Sports fields were turned into camps.",
    "Log in hand, the forester pointed at the river.",
    "Subscribers of the paper were told by post.",
    "Tags on the bodies bore numbers and no names.",
    "Views from the tower were of water only.",
    "This article of the law was never used.",
    "Sponsored by the army, the militia killed 19 people, a witness told us by phone.",
    "Updated: the ministry said on Sunday that 31 people were killed in the blast.",
    "Source: a commander of the rebels said nine of his men were killed.",
    "Posted at the border, the soldiers shot three men, the mayor told this website.",
    "First published in 1951, the list names 300 people who died in the camp.",
    "Last updated by the ministry on Friday, the toll stands at 48.",
    "Read: the judge told the court to sit down and wait.",
    "More: the governor said 20 families had left their homes.",
    "She asked her readers to follow her on Twitter for news of the 14 who were killed.",
    "He told his followers on Facebook that he would follow them on Instagram.",
    "Follow the army on Facebook and you would think that nobody has died, one officer said.",
    "The letter originally appeared on his website, the court heard.",
    "This article originally appeared in a magazine that police said was run by the militia.",
    "The views expressed in this article cost him his life, his brother told us.",
    "Subscribe to the ceasefire or leave, the general told both sides.",
    "Sign up for the militia or die, they were told.",
    "Download the app and you will be found, a dissident told us.",
    "To continue reading the names of the dead, the priest asked for a lamp.",
    "Get unlimited access to the camp, the UN told the junta, or we leave.",
    "The minister confirmed the figure to Reuters/AFP.",
    "The figures were confirmed by the agencies (Reuters).",
    "Police killed nine people in the market, the ministry said. (AFP)",
    "At least 14 people were killed in the raid, hospital officials said. Photo: a market in Orlen.",
    "Photo by photo, the court went through the night in which 22 people died.",
    "Related: police said a second body was found in the canal.",
    "Join the conversation, he told the rebels, and 20 of them did.",
    "Leave a comment, the officer told the journalist, and you will be arrested.",
    "Share this with no one, the officer told them, and left with the two prisoners.",
    "Have a tip? Police ask witnesses who saw the two men to come forward.",
    "Contributed to this report are the names of 400 missing.",
    "All rights reserved for the army were returned to parliament, officials said.",
    "By entering the village the troops agreed to a truce, and I agree, he said.",
    "By continuing to use this road you may be killed, the army told drivers.",
    "To your inbox came a threat, she told the court, and to mine a picture of the dead.",
    "Without permission is prohibited any gathering of five people, police said.",
    "Support independent journalism, the EU told the junta, and free the nine reporters.",
    "You can unsubscribe from a war no more than from the weather, the general told us.",
    "For more news of the missing, families visit the ministry every day.",
    "The post was attacked at dawn and appeared first on Tuesday to have fallen.",
    "The clinic is now on YouTube as a ruin; the doctors ask all to join in mourning.",
    "Contact was lost at noon with 14 sailors on board.",
    "We are on Telegram because police follow us everywhere, she said.",
    "Also on BBC.com was a film of the raid in which nine died.",
    "AP and Reuters said that 14 people were killed.",
    "Watch: police said the two men were armed.",
    "The rebels took 12 prisoners on 4 March / 9:30 PM local time, the army said.",
    "Information from: prisoners who escaped shows that 20 people died there.",
    "Jane Roe, who can be reached at no address, was arrested with her two sons.",
    "Advertisement of the talks was banned, officials said.",
    "Previous article by article, parliament struck out the law on detained persons.",
    "Story continues to be told of the nine who died at the bridge.",
    "You have 3 free articles of clothing, guards told prisoners.",
    "Disclaimer or not, the firm must pay, the court ruled.",
]

NOTICES = [
    ("Police killed nine people in the market, the ministry said.", "© 2026 Orlen Herald"),
    ("Police killed nine people in the market. The ministry gave no names.", "Subscribe to our newsletter."),
]

GLUED = [
    ("Army spokesman Tomas Varga", "Varga, a former officer, has led the campaign since January."),
    ("Mayor Ana Ruiz", "Ruiz, who walked through the town, was jeered."),
    ("Rescued teacher Ana Ruiz", "Ruiz said she had waited on the roof."),
    ("Rescued teacher Ana Ruiz", "Ms Ruiz told a court what she saw."),
    ("Deputy mayor Ana Ruiz", "Ana Ruiz has been in office for a year."),
    ("Deputy mayor Ana Ruiz", "Ruiz’s office did not answer."),
    ("Survivor Élodie Ōtani", "Ōtani later left the town."),
]

WHOLE = [
    "The assassin Sirhan Sirhan, who was moved in May, is old.",
    "The band Duran Duran is back.",
    "The son of Tomas Varga, Varga Street's oldest resident, was there.",
    "They met Tomas Varga and Varga said no.",
    "The judge has heard Ana Ruiz Ruiz, who is her aunt, was ill.",
]


def between(line: str) -> list[str]:
    return clean(RawDocument(content="\n".join((FIRST, line, LAST)))).text.split("\n")


@pytest.mark.parametrize("line", [line for lines in CUT.values() for line in lines])
def test_furniture_goes(line: str) -> None:
    assert between(line) == [FIRST, LAST]


@pytest.mark.parametrize("line", KEPT)
def test_a_true_sentence_that_looks_like_it_stays(line: str) -> None:
    assert between(line) == [FIRST, line, LAST]


@pytest.mark.parametrize(("report", "notice"), NOTICES)
def test_news_glued_to_a_notice_stays_on_either_side(report: str, notice: str) -> None:
    assert between(f"{report} {notice}") == [FIRST, report, LAST]
    assert between(f"Sign up for our newsletter. {report}") == [FIRST, report, LAST]


@pytest.mark.parametrize(("caption", "paragraph"), GLUED)
def test_a_glued_caption_stands_on_its_own_line(caption: str, paragraph: str) -> None:
    assert between(f"{caption} {paragraph}") == [FIRST, caption, paragraph, LAST]


@pytest.mark.parametrize("line", WHOLE)
def test_a_name_that_meets_itself_in_a_sentence_splits_nothing(line: str) -> None:
    assert between(line) == [FIRST, line, LAST]
