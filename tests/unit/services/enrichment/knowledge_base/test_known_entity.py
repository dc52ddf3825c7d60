import pytest

from services.enrichment.knowledge_base.known_entity import from_line
from shared.errors import ConfigurationError


@pytest.mark.parametrize("line", ["", "org:a\tA\torganization", "org:a\tA\tplanet" + "\t" * 9])
def test_a_line_that_holds_no_entity_is_refused(line):
    with pytest.raises(ConfigurationError, match="build the data file again"):
        from_line(line)
