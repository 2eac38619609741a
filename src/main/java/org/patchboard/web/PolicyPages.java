package org.patchboard.web;

import java.time.Clock;
import java.time.LocalDate;
import org.patchboard.lifecycle.engine.DecisionTables;
import org.patchboard.risk.PolicyPacks;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The rules everybody is judged by: tables as they decide now, and the obligations they come from. */
@Controller
class PolicyPages implements Page {

    private final DecisionTables tables;
    private final PolicyPacks packs;
    private final Clock clock;

    PolicyPages(DecisionTables tables, PolicyPacks packs, Clock clock) {
        this.tables = tables;
        this.packs = packs;
        this.clock = clock;
    }

    @GetMapping("/policies")
    String policies(Model model) {
        model.addAttribute("tables", tables.inForce());
        model.addAttribute("packs", packs.validOn(LocalDate.now(clock)));
        return "policies";
    }
}
