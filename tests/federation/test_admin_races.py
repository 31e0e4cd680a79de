"""Several people save the same page of the panel at once."""

import pytest

from federation.models import AuditEvent, Federation
from tests import make
from tests.conftest import signed_in
from tests.panel import filled, page
from tests.race import together


@pytest.mark.django_db(transaction=True)
def test_of_four_saves_at_once_one_wins_and_three_are_told():
    federation = make.federation("iwa")
    url = page(Federation, "change", federation)
    clients = [signed_in(make.coordinator(federation, f"c{n}@example.org")) for n in range(4)]
    forms = [filled(client.get(url).content.decode()) for client in clients]
    answers = together(4, lambda n: clients[n].post(url, forms[n] | {"acronym": f"BY{n}"}))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 302]
    (winner,) = (n for n, answer in enumerate(answers) if answer.status_code == 302)
    assert Federation.objects.get().acronym == f"BY{winner}"
    assert AuditEvent.objects.filter(model="federation.Federation").count() == 1
