package org.patchboard.inventory.spi;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.patchboard.shared.Host;

/** Asks hosts directly what they are and what is installed on them. */
public interface HostInventory {

    /** {@code ansible}. */
    String product();

    /**
     * What the hosts said: for each a document in the format named, to be imported like a file.
     *
     * @param format the import source that reads it: {@code ansible-facts}
     * @param unreachable names of hosts about which nothing is known, with the reason
     */
    record Facts(String format, List<Document> documents, List<String> unreachable) {}

    /** One host's facts. */
    record Document(Host host, byte[] content) {
        public InputStream open() {
            return new java.io.ByteArrayInputStream(content);
        }
    }

    /**
     * @param patience longest time for all hosts together, at least one second
     * @throws org.patchboard.shared.AdapterFault when the product itself cannot be used
     */
    Facts gather(List<Host> hosts, Duration patience);
}
