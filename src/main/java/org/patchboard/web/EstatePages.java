package org.patchboard.web;

import java.util.List;
import java.util.Locale;
import org.patchboard.report.AssetViews;
import org.patchboard.report.ExceptionViews;
import org.patchboard.report.FindingViews;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** One asset, one vulnerability, and the risks that somebody carries. */
@Controller
class EstatePages implements Page {

    private static final int PAGE = 50;
    private static final int MANY = 200;

    private final AssetViews assets;
    private final FindingViews findings;
    private final ExceptionViews exceptions;

    EstatePages(AssetViews assets, FindingViews findings, ExceptionViews exceptions) {
        this.assets = assets;
        this.findings = findings;
        this.exceptions = exceptions;
    }

    @GetMapping("/assets/{id:[0-9]{1,18}}")
    String asset(Model model, @PathVariable long id) {
        var asset = assets.get(id);
        model.addAttribute("asset", asset);
        model.addAttribute(
                "findings",
                findings.page(
                        new FindingViews.FindingFilter(null, null, asset.asset().name(), null, null, null, null),
                        0,
                        MANY,
                        "state,desc"));
        return "asset";
    }

    @GetMapping("/vulnerabilities/{cve}")
    String vulnerability(Model model, @PathVariable String cve) {
        var known = findings.vulnerability(cve.toUpperCase(Locale.ROOT));
        model.addAttribute("v", known);
        model.addAttribute(
                "findings",
                findings.page(
                        new FindingViews.FindingFilter(null, known.cve(), null, null, null, null, null),
                        0,
                        MANY,
                        "state,desc"));
        return "vulnerability";
    }

    @GetMapping("/exceptions")
    String exceptions(
            Model model,
            @ModelAttribute("groups") List<String> groups,
            @RequestParam(defaultValue = "true") boolean open,
            @RequestParam(defaultValue = "0") int page) {
        model.addAttribute("open", open);
        model.addAttribute("waiting", exceptions.waiting());
        model.addAttribute("mayAsk", groups.stream().anyMatch(ExceptionPages.ASKERS::contains));
        model.addAttribute("exceptions", exceptions.page(null, open, Math.max(0, page), PAGE, "until"));
        return "exceptions";
    }
}
