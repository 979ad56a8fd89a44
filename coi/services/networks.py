"""Where somebody comes from: inside, or from outside, where a password alone is not enough."""

from ipaddress import IPv6Address, ip_address, ip_network

from coi.services.installation import Installation


def is_outside(installation: Installation, came_from: str | None) -> bool:
    """The address is in none of the networks inside; None is no network at all (A11d-11.6).

    Of an address that cannot be read nobody knows that it is inside.
    """
    inside = installation.settings.factor_inside
    if came_from is None or not inside or installation.demonstration:
        return False
    try:
        address = ip_address(came_from)
    except ValueError:
        return True
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        # A server that listens at both tells an address of IPv4 inside of one of IPv6.
        address = address.ipv4_mapped
    return not any(address in ip_network(one) for one in inside)
