package org.patchboard.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.UUID;
import org.patchboard.audit.Seals;
import org.patchboard.change.EvidenceFiles;
import org.patchboard.rollout.DeployerLogs;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

/** Evidence files in and out. A file is always a download, never shown: it came from outside. */
@Controller
class EvidencePages implements Page {

    private final EvidenceFiles files;
    private final Seals seals;
    private final DeployerLogs logs;

    EvidencePages(EvidenceFiles files, Seals seals, DeployerLogs logs) {
        this.files = files;
        this.seals = seals;
        this.logs = logs;
    }

    /** The sealed bundle; anybody can check it without us: {@code java -jar patchboard.jar verify}. */
    @GetMapping("/changes/{id}/evidence")
    ResponseEntity<byte[]> bundle(@PathVariable String id) {
        var change = Pages.idOf(id);
        var bundle = seals.bundle(change)
                .orElseThrow(() -> Refusal.unknown(change + " is not sealed yet; it is when it closes."));
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("application/zip"))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(change + ".zip")
                                .build()
                                .toString())
                .body(bundle);
    }

    @PostMapping("/changes/{id}/files")
    String attach(@PathVariable String id, @RequestParam MultipartFile file, Principal principal) throws IOException {
        if (file.getSize() > EvidenceFiles.LARGEST) {
            throw new ResponseStatusException(HttpStatus.PAYLOAD_TOO_LARGE, "A file has at most 20 MiB.");
        }
        var name = file.getOriginalFilename();
        files.attach(
                Pages.idOf(id),
                "test",
                name == null || name.isBlank() ? "file" : name,
                MediaType.APPLICATION_OCTET_STREAM_VALUE,
                file.getBytes(),
                Actor.person(principal.getName()));
        return "redirect:/changes/" + id;
    }

    @GetMapping("/changes/{id}/files/{file}")
    ResponseEntity<byte[]> download(@PathVariable String id, @PathVariable UUID file) {
        var change = Pages.idOf(id);
        var found = files.of(change).stream()
                .filter(candidate -> candidate.id().equals(file))
                .findFirst()
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(found.name(), StandardCharsets.UTF_8)
                                .build()
                                .toString())
                .body(files.content(change, file).orElseThrow());
    }

    /** What a deployer said while it carried out an order: text to be read in the browser, never markup. */
    @GetMapping("/changes/{id}/logs/{order}")
    ResponseEntity<String> log(@PathVariable String id, @PathVariable UUID order) {
        var change = Pages.idOf(id);
        var log = logs.find(change, order).orElseThrow(() -> Refusal.unknown("%s has no such log.".formatted(change)));
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .body(log.text());
    }
}
