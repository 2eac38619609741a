package org.patchboard.shared;

/**
 * Key of an asset (a host, image or device) in our inventory; outside the house the asset's name is used.
 *
 * @param value positive
 */
public record AssetId(long value) {

    public AssetId {
        if (value <= 0) {
            throw new IllegalArgumentException("not an asset key: " + value);
        }
    }
}
