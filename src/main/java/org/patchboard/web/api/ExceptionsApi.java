package org.patchboard.web.api;

import org.jspecify.annotations.Nullable;
import org.patchboard.report.ExceptionViews;
import org.patchboard.shared.Slice;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Risk exceptions. Everybody signed in reads them. */
@RestController
@RequestMapping("/api/v1/exceptions")
class ExceptionsApi {

    private final ExceptionViews exceptions;

    ExceptionsApi(ExceptionViews exceptions) {
        this.exceptions = exceptions;
    }

    /** @param inForce true for those that hold now, false for those that are over; all when left out */
    @GetMapping
    Slice<ExceptionViews.ExceptionView> list(
            @RequestParam(required = false) @Nullable String change,
            @RequestParam(required = false) @Nullable Boolean inForce,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(required = false) @Nullable String sort) {
        return exceptions.page(change, inForce, page, size, sort);
    }
}
