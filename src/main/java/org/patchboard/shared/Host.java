package org.patchboard.shared;

/**
 * A machine as an adapter reaches it.
 *
 * @param name the asset's name; ASCII, never an option for a command line
 * @param address IP address or DNS name to connect to
 */
public record Host(AssetId asset, String name, String address) {

    public Host {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,252}")) {
            throw new IllegalArgumentException("not a host name: " + name);
        }
        if (!address.matches("[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}")) {
            throw new IllegalArgumentException("not an address: " + address);
        }
    }
}
