package org.patchboard.web.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.patchboard.report.AssetViews;
import org.patchboard.report.FindingViews;
import org.patchboard.shared.Slice;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What there is and what is wrong with it. Everybody signed in reads it. */
@RestController
@RequestMapping("/api/v1")
class EstateApi {

    private final AssetViews assets;
    private final FindingViews findings;

    EstateApi(AssetViews assets, FindingViews findings) {
        this.assets = assets;
        this.findings = findings;
    }

    @GetMapping("/assets")
    Slice<AssetViews.AssetLine> assets(
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable String maintenanceGroup,
            @RequestParam(required = false) @Nullable String environment,
            @RequestParam(required = false) @Nullable String exposure,
            @RequestParam(required = false) @Nullable String criticality,
            @RequestParam(required = false) @Nullable String tag,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(required = false) @Nullable String sort) {
        return assets.page(
                new AssetViews.AssetFilter(text, maintenanceGroup, environment, exposure, criticality, tag),
                page,
                size,
                sort);
    }

    @GetMapping("/assets/{id}")
    AssetViews.Asset asset(@PathVariable long id) {
        return assets.get(id);
    }

    @GetMapping("/findings")
    Slice<FindingViews.Finding> findings(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String cve,
            @RequestParam(required = false) @Nullable String asset,
            @RequestParam(required = false) @Nullable String software,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(required = false) @Nullable String maintenanceGroup,
            @RequestParam(required = false) @Nullable String change,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(required = false) @Nullable String sort) {
        return findings.page(
                new FindingViews.FindingFilter(state, cve, asset, software, severity, maintenanceGroup, change),
                page,
                size,
                sort);
    }

    @GetMapping("/vulnerabilities/{cve}")
    FindingViews.Vulnerability vulnerability(@PathVariable String cve) {
        return findings.vulnerability(cve.toUpperCase(Locale.ROOT));
    }
}
