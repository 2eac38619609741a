package org.patchboard.web.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.security.Principal;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.patchboard.advisory.Feeds;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.scanning.ScanImports;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Files from outside. The body is the file itself, gzip by Content-Encoding, read as a stream with a limit. */
@RestController
@RequestMapping("/api/v1")
class ImportsApi {

    private static final long LARGEST = 512L * 1024 * 1024;
    private static final Set<String> IMPORTERS =
            Set.of("vulnerability-analyst", "patch-coordinator", Team.ADMINISTRATORS);

    private final InventoryImports inventory;
    private final ScanImports scans;
    private final Feeds feeds;
    private final People people;

    ImportsApi(InventoryImports inventory, ScanImports scans, Feeds feeds, People people) {
        this.inventory = inventory;
        this.scans = scans;
        this.feeds = feeds;
        this.people = people;
    }

    @PostMapping("/inventory/imports")
    @ResponseStatus(HttpStatus.CREATED)
    ImportCounts inventory(
            @RequestParam String source,
            @RequestParam(required = false) @Nullable String asset,
            HttpServletRequest request,
            Principal principal)
            throws IOException {
        return inventory.importFile(source, body(request), asset, importer(principal));
    }

    @PostMapping("/scans/imports")
    @ResponseStatus(HttpStatus.CREATED)
    ScanImports.ScanCounts scan(
            @RequestParam String source, @RequestParam String asset, HttpServletRequest request, Principal principal)
            throws IOException {
        return scans.importReport(source, body(request), asset, importer(principal));
    }

    @PostMapping("/feeds/{feed}/imports")
    @ResponseStatus(HttpStatus.CREATED)
    ImportCounts feed(@PathVariable String feed, HttpServletRequest request, Principal principal) throws IOException {
        return feeds.importFile(feed, body(request), importer(principal));
    }

    private Actor importer(Principal principal) {
        var teams = people.teamsOf(principal.getName()).orElseThrow();
        if (teams.stream().noneMatch(IMPORTERS::contains)) {
            throw Refusal.forbidden("Analysts, coordinators and administrators import files.");
        }
        return Actor.person(principal.getName());
    }

    private static InputStream body(HttpServletRequest request) throws IOException {
        var stream = request.getInputStream();
        var plain =
                "gzip".equals(request.getHeader("Content-Encoding")) ? new GZIPInputStream(stream, 1 << 16) : stream;
        return new Limited(plain);
    }

    /** Counts what comes out, so that a small file that unpacks without end is refused at the limit. */
    private static final class Limited extends java.io.FilterInputStream {

        private long read;

        Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int some = super.read(buffer, offset, length);
            count(Math.max(0, some));
            return some;
        }

        private void count(int some) {
            read += some;
            if (read > LARGEST) {
                throw new MalformedInput("the file", "it is larger than 512 MiB");
            }
        }
    }
}
