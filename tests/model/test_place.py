from streams.model import Place, Precision


def place(**fields: str | None) -> Place:
    return Place(**{"name": "Valparaíso", "precision": Precision.CITY, **fields})


def test_names_go_from_fine_to_coarse() -> None:
    told = place(detail="central market", admin1="Quinta", country="Chile")
    assert told.names() == ("central market", "Valparaíso", "Quinta", "Chile")


def test_names_that_only_accents_or_case_tell_apart_are_told_once() -> None:
    assert place(admin1="Valparaiso", country="Chile").names() == ("Valparaíso", "Chile")
    assert place(name="SANTIAGO", admin1="Santiago").names() == ("SANTIAGO",)
