"""What newsrooms do to a text that they take over, and texts of one mould: both made by rule from a random number."""

import random
from collections.abc import Sequence

_AGENCIES = ("Reuters", "AP", "AFP", "dpa", "Staff and agencies", "PRNewswire")
_PLACES = ("LONDON", "PARIS", "GENEVA", "NEW YORK", "TOKYO", "NAIROBI", "LIMA", "OSLO")
_NOTES = (
    "This article was published with the permission of our partners and may have been edited for length and style.",
    "Sign up for our morning newsletter and never miss the stories that matter to you and your neighbourhood.",
    "Follow us on all channels for the latest headlines, weather warnings, travel news and results as they come in.",
    "All rights reserved. Reproduction in whole or in part without written permission of the publisher is prohibited.",
    "Do you have a story to tell? Write to the newsroom, we read every letter and answer most of them in a week.",
    "The views expressed by our contributors are their own and do not reflect those of the editors or their owners.",
)
_BYLINES = ("By our correspondent", "Reporting by the news desk; editing by the late shift", "From our own staff")
_MONTHS = ("January", "March", "May", "July", "August", "October", "November")
_TOWNS = ("Aldham", "Brenzett", "Corvallen", "Dunmoor", "Eastvale", "Farlow", "Grimstead", "Hollin", "Ivesby", "Jarrow")
_CLUBS = ("Rovers", "United", "Athletic", "Wanderers", "City", "Albion", "Town", "Rangers")
_SKIES = ("sunshine", "broken cloud", "drizzle", "heavy rain", "morning fog", "thunderstorms", "snow showers")
_FIRMS = ("Halden", "Norvik", "Pellam", "Quorra", "Rastik", "Selwyn", "Tamber", "Umbrix", "Vestra", "Wolden")


def copied(text: str, rng: random.Random, *, edits: float) -> str:
    """A text as another outlet prints it: shortened from the end, edited, under another head and over another foot.

    Args:
        edits: share of the words that are replaced, left out or joined by another.
    """
    words = text.split()
    kept = words[: max(60, round(len(words) * rng.uniform(0.45, 1.0)))]
    head = f"{rng.choice(_PLACES)} ({rng.choice(_AGENCIES)}) - " if rng.random() < 0.6 else rng.choice(_BYLINES) + " "
    foot = " ".join(rng.sample(_NOTES, rng.randint(0, 3)))
    return head + " ".join(_edited(kept, words, rng, edits)) + "\n\n" + foot


def _edited(words: Sequence[str], stock: Sequence[str], rng: random.Random, edits: float) -> list[str]:
    edited: list[str] = []
    for word in words:
        # Whoever edits for style leaves figures as they are.
        if rng.random() >= edits or any(character.isdigit() for character in word):
            edited.append(word)
            continue
        match rng.choice(("replace", "leave out", "add")):
            case "replace":
                edited.append(rng.choice(stock))
            case "add":
                edited += [word, rng.choice(stock)]
    return edited


def moulded(rng: random.Random) -> list[list[str]]:
    """Texts by mould: in each list they say other things in the same words, as the weather does every day."""
    return [[make(rng) for _ in range(8)] for make in (_weather, _market, _match)]


def _weather(rng: random.Random) -> str:
    town, day = rng.choice(_TOWNS), f"{rng.choice(_MONTHS)} {rng.randint(1, 28)}"
    low = rng.randint(-4, 14)
    high = low + rng.randint(3, 11)
    return (
        f"Here is the weather forecast for {town} and its surroundings for {day}. The day begins with "
        f"{rng.choice(_SKIES)} and temperatures around {low} degrees. Later expect {rng.choice(_SKIES)}, with "
        f"a high of {high} degrees and winds of {rng.randint(5, 60)} kilometres per hour. The chance of rain "
        f"is {rng.randint(0, 20) * 5} percent. Overnight the temperature falls to {low - rng.randint(0, 5)} degrees. "
        f"Sunrise is at {rng.randint(5, 8)}:{rng.randint(10, 59)} and sunset at {rng.randint(16, 21)}:"
        f"{rng.randint(10, 59)}. The outlook for the following day is {rng.choice(_SKIES)} with up to "
        f"{high + rng.randint(-3, 3)} degrees. Drivers should allow extra time for their journeys, and the emergency "
        "services ask everybody to look after elderly neighbours. Our forecast is updated every hour on our website."
    )


def _market(rng: random.Random) -> str:
    first, second, third = rng.sample(_FIRMS, 3)
    return (
        f"Stocks closed {rng.choice(('higher', 'lower', 'mixed'))} on {rng.choice(_MONTHS)} {rng.randint(1, 28)} as "
        f"investors weighed company reports and economic data. The main index moved {rng.uniform(0, 3):.2f} percent to "
        f"{rng.randint(9000, 16000)} points, while that of smaller companies moved {rng.uniform(0, 3):.2f} percent "
        f"to {rng.randint(900, 2500)} points. The largest gainers were {first}, up {rng.uniform(1, 9):.1f} percent "
        f"to {rng.uniform(10, 300):.2f}, and {second}, up {rng.uniform(1, 9):.1f} percent to "
        f"{rng.uniform(10, 300):.2f}. {third} lost {rng.uniform(1, 9):.1f} percent to {rng.uniform(10, 300):.2f}. "
        f"Volume on the exchange was {rng.uniform(1, 9):.1f} billion shares, compared with an average of "
        f"{rng.uniform(1, 9):.1f} billion over the last twenty trading days. Oil closed at {rng.uniform(50, 110):.2f} "
        f"dollars a barrel and gold at {rng.randint(1500, 2900)} dollars an ounce. The ten-year note stood "
        f"at {rng.uniform(1, 5):.2f} percent at the close of trading."
    )


def _match(rng: random.Random) -> str:
    home, away = (f"{town} {rng.choice(_CLUBS)}" for town in rng.sample(_TOWNS, 2))
    first, second = rng.sample(_FIRMS, 2)
    return (
        f"{home} and {away} met on Saturday before {rng.randint(800, 9000)} spectators, and the match ended "
        f"{rng.randint(0, 5)}:{rng.randint(0, 5)}. {first} scored the first goal in minute {rng.randint(1, 40)} after "
        f"a corner from the left. {second} answered in minute {rng.randint(41, 88)} with a header. The "
        f"referee showed {rng.randint(1, 7)} yellow cards. {home} now have {rng.randint(10, 60)} points from "
        f"{rng.randint(12, 34)} matches and stand in place {rng.randint(1, 20)} of the table, while {away} have "
        f"{rng.randint(10, 60)} points. Next week {home} travel to {rng.choice(_TOWNS)} and {away} receive "
        f"{rng.choice(_TOWNS)}. Tickets are on sale at the usual outlets and at the gate on the day of the match."
    )
