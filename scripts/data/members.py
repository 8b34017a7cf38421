"""Which emoji belong to which class of Emoji-10, chosen by looking at every one of them.

Names are the short names of the package emoji-datasource-google. `build.py --sheets` draws all
that was taken, class by class, to look at again after a change.
"""

# Class: the subcategories it is made of. Each subcategory is a stratum of the split.
SUBCATEGORIES = {
    "animal": (
        "animal-mammal animal-bird animal-amphibian animal-reptile animal-marine animal-bug"
    ).split(),
    "building": "place-building place-religious place-other".split(),
    "clothing": ["clothing", "sport"],
    "face": (
        "face-smiling face-affection face-tongue face-hand face-neutral-skeptical face-sleepy"
        " face-unwell face-hat face-glasses face-concerned face-negative"
    ).split(),
    "flag": ["country-flag", "subdivision-flag", "flag"],
    "food": (
        "food-fruit food-vegetable food-prepared food-asian food-marine food-sweet drink"
    ).split(),
    "hand": (
        "hand-fingers-open hand-fingers-partial hand-single-finger hand-fingers-closed hands"
        " hand-prop"
    ).split(),
    "person": "person person-gesture person-role person-activity person-sport".split(),
    "plant": ["plant-flower", "plant-other", "event"],
    "vehicle": ["transport-ground", "transport-water", "transport-air"],
}

# Of these subcategories only a few are members; of all others, all but those of LEFT_OUT.
ONLY = {
    "event": "christmas_tree tanabata_tree bamboo".split(),
    "place-other": "cityscape city_sunset city_sunrise night_with_stars circus_tent".split(),
    "sport": "running_shirt_with_sash martial_arts_uniform".split(),
}

LEFT_OUT = {
    # parts and traces of animals, and what is too small to have a shape
    *"pig_nose feet spider_web feather wing microbe shell coral".split(),
    # not houses, towers or streets of them
    *"building_construction bricks rock wood statue_of_liberty kaaba shinto_shrine".split(),
    # things one does not wear
    *"lipstick ring gem prayer_beads shopping_bags hair_pick folding_hand_fan".split(),
    *"purse handbag pouch school_satchel".split(),
    # not faces: a skull, crossbones, devils; and faces that are hard to see, or to look at
    *"skull skull_and_crossbones imp smiling_imp dotted_line_face face_in_clouds".split(),
    *"face_vomiting exploding_head face_with_symbols_on_mouth".split(),
    # flags that are another country's, or look like it
    *"flag-bv flag-cp flag-ea flag-hm flag-mc flag-mf flag-sj flag-td flag-um".split(),
    # not food
    *"salt ice_cube baby_bottle teapot pouring_liquid bowl_with_spoon".split(),
    # rude, here or elsewhere
    *"middle_finger ok_hand the_horns pinching_hand pinched_fingers".split(),
    # more telephone than hand; mirror images of others
    *"selfie point_right rightwards_pushing_hand".split(),
    # dancers as pairs; more horse than rider; a figure that is a joke
    *"women-with-bunny-ears-partying men-with-bunny-ears-partying dancers".split(),
    *"horse_racing man_in_business_suit_levitating".split(),
    # neither flower, tree nor leaf
    *"empty_nest nest_with_eggs mushroom rosette white_flower".split(),
    # what stands beside the road
    *"station busstop traffic_light vertical_traffic_light construction rotating_light".split(),
    *"octagonal_sign wheel oil_drum motorway railway_track fuelpump ring_buoy anchor".split(),
    *"seat parachute flying_saucer satellite roller_skate skateboard".split(),
    *"motorized_wheelchair manual_wheelchair airplane_arriving".split(),
}


def class_of(subcategory: str, name: str) -> str | None:
    """Return the class of an emoji by its subcategory and short name, or None."""
    if name in LEFT_OUT or name not in ONLY.get(subcategory, [name]):
        return None
    return next((k for k, members in SUBCATEGORIES.items() if subcategory in members), None)
