package org.patchboard.advisory;

import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.bulk.JsonCursor;
import org.patchboard.bulk.Staging;

/** CISA's catalogue of known exploited vulnerabilities, JSON (schema: cisagov/kev-data). */
final class KevCatalogue {

    private final Staging staged;
    private long read;
    private long declared = -1;
    private boolean found;
    private @Nullable Instant edition;

    KevCatalogue(Staging staged) {
        this.staged = staged;
    }

    void read(String name, InputStream file) {
        try (var json = JsonCursor.open(file, name)) {
            json.first();
            found = false;
            json.object(field -> {
                switch (field) {
                    case "vulnerabilities" -> {
                        found = true;
                        json.array(() -> entry(json));
                    }
                    case "count" -> declared = number(json);
                    case "dateReleased" -> edition = FeedText.instant(json.text(), json.place());
                    default -> {}
                }
            });
            if (!found) {
                throw json.malformed("there is no \"vulnerabilities\"");
            }
            json.end();
        }
    }

    private static long number(JsonCursor json) {
        try {
            return Long.parseLong(String.valueOf(json.text()));
        } catch (NumberFormatException e) {
            throw json.malformed("a number was expected");
        }
    }

    private void entry(JsonCursor json) {
        var place = json.place();
        var texts = new String[7];
        var added = new LocalDate[1];
        var due = new LocalDate[1];
        json.object(field -> {
            switch (field) {
                case "cveID" -> texts[0] = FeedText.cve(json.text(), json.place());
                case "vendorProject" -> texts[1] = json.text();
                case "product" -> texts[2] = json.text();
                case "vulnerabilityName" -> texts[3] = json.text();
                case "dateAdded" -> added[0] = FeedText.date(String.valueOf(json.text()), json.place());
                case "dueDate" -> {
                    var text = json.text();
                    due[0] = text == null || text.isBlank() ? null : FeedText.date(text, json.place());
                }
                case "requiredAction" -> texts[4] = json.text();
                case "knownRansomwareCampaignUse" -> texts[5] = json.text();
                case "notes" -> texts[6] = json.text();
                default -> {}
            }
        });
        if (texts[0] == null || added[0] == null) {
            throw new org.patchboard.shared.MalformedInput(
                    place, "\"" + (texts[0] == null ? "cveID" : "dateAdded") + "\" is missing");
        }
        read++;
        staged.add(
                texts[0],
                texts[1] == null ? "" : texts[1],
                texts[2] == null ? "" : texts[2],
                texts[3] == null ? "" : texts[3],
                added[0],
                due[0],
                texts[4],
                "Known".equals(texts[5]),
                texts[6]);
    }

    /** What a part of the catalogue does not name is not withdrawn. */
    Feeds.Reading reading() {
        var complete = declared < 0 || declared == read;
        return new Feeds.Reading(
                read,
                complete
                        ? List.of()
                        : List.of(
                                "$.count: the catalogue has %d entries by its own count, and %d in it: what is missing is taken as not sent, not as withdrawn"
                                        .formatted(declared, read)),
                edition,
                complete);
    }
}
