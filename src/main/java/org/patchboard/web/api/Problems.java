package org.patchboard.web.api;

import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What went wrong, as a sentence with the place and the remedy (RFC 9457). */
@RestControllerAdvice(basePackageClasses = Problems.class)
class Problems {

    @ExceptionHandler
    ProblemDetail refused(Refusal refusal) {
        var status = switch (refusal.kind()) {
            case INCOMPLETE -> HttpStatus.BAD_REQUEST;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case UNKNOWN -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
        };
        return ProblemDetail.forStatusAndDetail(status, refusal.getMessage());
    }

    @ExceptionHandler
    ProblemDetail malformed(MalformedInput input) {
        var problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, input.getMessage());
        problem.setTitle("The file was refused and nothing was changed");
        problem.setProperty("place", input.place());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail fault(AdapterFault fault) {
        return ProblemDetail.forStatusAndDetail(
                fault.isPermanent() ? HttpStatus.BAD_GATEWAY : HttpStatus.SERVICE_UNAVAILABLE, fault.getMessage());
    }
}
