package org.patchboard.web.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.patchboard.advisory.Feeds;
import org.patchboard.bulk.Limited;
import org.patchboard.identity.Team;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.inventory.LiveInventory;
import org.patchboard.scanning.ScanImports;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ImportCounts;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.patchboard.web.Roles;
import org.springframework.http.HttpHeaders;
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

    private static final Set<String> IMPORTERS =
            Set.of("vulnerability-analyst", "patch-coordinator", Team.ADMINISTRATORS);
    private static final Set<String> ASKERS = Set.of("patch-coordinator", Team.ADMINISTRATORS);

    /** Bytes in which up to 500 hosts can be named. */
    private static final int QUESTION = 1 << 18;

    /**
     * Whom to ask; no body asks nobody.
     *
     * @param hosts none: all of the maintenance group
     */
    record Question(
            @Nullable String maintenanceGroup, @Nullable List<LiveInventory.Wanted> hosts) {}

    private final InventoryImports inventory;
    private final LiveInventory live;
    private final ObjectMapper json;
    private final ScanImports scans;
    private final Feeds feeds;
    private final Roles roles;

    ImportsApi(
            InventoryImports inventory,
            LiveInventory live,
            ScanImports scans,
            Feeds feeds,
            Roles roles,
            ObjectMapper json) {
        this.inventory = inventory;
        this.live = live;
        this.json = json;
        this.scans = scans;
        this.feeds = feeds;
        this.roles = roles;
    }

    @PostMapping("/inventory/imports")
    @ResponseStatus(HttpStatus.CREATED)
    ImportCounts inventory(
            @RequestParam String source,
            @RequestParam(required = false) @Nullable String asset,
            HttpServletRequest request,
            Principal principal)
            throws IOException {
        if (live.speaks(source)) {
            var question = question(request);
            return live.ask(
                    source,
                    question.maintenanceGroup(),
                    question.hosts() == null ? List.of() : question.hosts(),
                    asker(principal));
        }
        return inventory.importFile(source, body(request), asset, importer(principal));
    }

    private Question question(HttpServletRequest request) throws IOException {
        var body = request.getInputStream().readNBytes(QUESTION + 1);
        if (body.length > QUESTION) {
            throw new MalformedInput("the body", "it is larger than " + QUESTION / 1024 + " KiB");
        }
        try {
            return body.length == 0 ? new Question(null, null) : json.readValue(body, Question.class);
        } catch (JsonProcessingException e) {
            throw new MalformedInput(
                    "the body", "{\"maintenanceGroup\", \"hosts\": [{\"name\", \"address\"}]} was expected", e);
        }
    }

    @PostMapping("/scans/imports")
    @ResponseStatus(HttpStatus.CREATED)
    ScanImports.ScanCounts scan(
            @RequestParam String source,
            @RequestParam(required = false) @Nullable String asset,
            HttpServletRequest request,
            Principal principal)
            throws IOException {
        return scans.importReport(source, body(request), asset, importer(principal));
    }

    @PostMapping("/feeds/{feed}/imports")
    @ResponseStatus(HttpStatus.CREATED)
    ImportCounts feed(@PathVariable String feed, HttpServletRequest request, Principal principal) throws IOException {
        return feeds.importFile(feed, body(request), importer(principal));
    }

    private Actor importer(Principal principal) {
        return roles.require(principal, IMPORTERS, "Analysts, coordinators and administrators import files.");
    }

    private Actor asker(Principal principal) {
        return roles.require(principal, ASKERS, "Coordinators and administrators have hosts asked.");
    }

    private static InputStream body(HttpServletRequest request) throws IOException {
        var packed = new Limited(request.getInputStream());
        var encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding == null || encoding.isBlank() || encoding.equalsIgnoreCase("identity")) {
            return packed;
        }
        if (!encoding.equalsIgnoreCase("gzip") && !encoding.equalsIgnoreCase("x-gzip")) {
            throw Refusal.incomplete("A body may be packed with gzip, not with " + encoding + ".");
        }
        try {
            return new Limited(new GZIPInputStream(packed, 1 << 16));
        } catch (ZipException | EOFException e) {
            throw new MalformedInput("the file", "it is not packed with gzip, though Content-Encoding says so", e);
        }
    }
}
