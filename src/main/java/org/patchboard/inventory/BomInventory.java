package org.patchboard.inventory;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Software;

/**
 * A bill of materials in CycloneDX, JSON or XML, 1.1 to 1.6 (cyclonedx.org/docs): every component with a package URL,
 * nested ones, too.
 */
final class BomInventory {

    private static final String NAMESPACE = "http://cyclonedx.org/schema/bom/";
    private static final int DEPTH = 100;

    private final Intake intake;
    private long read;

    BomInventory(Intake intake) {
        this.intake = intake;
    }

    /** Returns how many components there were. */
    long read(InputStream file, String asset) {
        try {
            var stream = new BufferedInputStream(file, 1 << 16);
            stream.mark(4);
            var first = stream.readNBytes(4);
            stream.reset();
            if (isXml(first)) {
                intake.asset(Intake.Asset.of(asset, null), "line 1");
                xml(stream);
            } else {
                json(stream, asset);
            }
            return read;
        } catch (IOException e) {
            throw new MalformedInput("the file", "it cannot be read to its end: " + e.getMessage(), e);
        }
    }

    private static boolean isXml(byte[] first) {
        for (var octet : first) {
            if (octet == '<') {
                return true;
            }
        }
        return false;
    }

    private void json(InputStream file, String asset) {
        try (var json = JsonCursor.open(file, "")) {
            json.first();
            intake.asset(Intake.Asset.of(asset, null), json.place());
            var format = new String[1];
            json.object(field -> {
                switch (field) {
                    case "bomFormat" -> format[0] = json.text();
                    case "components" -> json.array(() -> component(json));
                    default -> {}
                }
            });
            if (!"CycloneDX".equals(format[0])) {
                throw new MalformedInput("$.bomFormat", "\"CycloneDX\" was expected");
            }
            json.end();
        }
    }

    private void component(JsonCursor json) {
        read++;
        json.object(field -> {
            switch (field) {
                case "purl" -> installed(json.text(), json.place());
                case "components" -> json.array(() -> component(json));
                default -> {}
            }
        });
    }

    private void xml(InputStream file) {
        var factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        XMLStreamReader xml = null;
        try {
            xml = factory.createXMLStreamReader(file);
            var open = new ArrayDeque<String>();
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamReader.DTD ->
                        throw new MalformedInput(line(xml.getLocation()), "a document type is not read here");
                    case XMLStreamReader.START_ELEMENT -> start(xml, open);
                    case XMLStreamReader.END_ELEMENT -> open.pop();
                    default -> {}
                }
            }
        } catch (XMLStreamException e) {
            throw new MalformedInput(line(e.getLocation()), "not XML: " + e.getMessage(), e);
        } finally {
            close(xml);
        }
    }

    private void start(XMLStreamReader xml, ArrayDeque<String> open) throws XMLStreamException {
        var name = xml.getLocalName();
        var place = line(xml.getLocation());
        if (open.isEmpty()
                && !(name.equals("bom") && String.valueOf(xml.getNamespaceURI()).startsWith(NAMESPACE))) {
            throw new MalformedInput(place, "an element bom of " + NAMESPACE + "… was expected");
        }
        if (open.size() > DEPTH) {
            throw new MalformedInput(place, "elements deeper than " + DEPTH);
        }
        if (name.equals("purl") && "component".equals(open.peek()) && !open.contains("metadata")) {
            // Leaves the reader at the end of this element, which therefore is not pushed.
            installed(xml.getElementText(), place);
            return;
        }
        if (name.equals("component") && "components".equals(open.peek())) {
            read++;
        }
        open.push(name);
    }

    private void installed(@Nullable String url, String place) {
        if (url == null || url.isBlank()) {
            return;
        }
        var found = Software.fromUrl(url.strip());
        if (found.isEmpty()) {
            intake.reject(place, "not a package URL: " + url);
        } else if (!Software.isVersion(found.get().version())) {
            intake.reject(place, "no version in " + url);
        } else {
            intake.installed(
                    found.get().software().ecosystem(),
                    found.get().software().name(),
                    found.get().version(),
                    () -> place);
        }
    }

    private static String line(@Nullable Location at) {
        return at == null ? "the file" : "line " + at.getLineNumber() + ", column " + at.getColumnNumber();
    }

    private static void close(@Nullable XMLStreamReader xml) {
        if (xml != null) {
            try {
                xml.close();
            } catch (XMLStreamException e) {
                throw new MalformedInput("the file", "it cannot be closed: " + e.getMessage(), e);
            }
        }
    }
}
