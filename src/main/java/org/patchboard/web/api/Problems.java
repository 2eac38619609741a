package org.patchboard.web.api;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonMappingException;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.RefusedAttempts;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.Hindrance;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * What went wrong, as a sentence with the place and the remedy (RFC 9457). That somebody tried what they may not is
 * recorded: once, with their name.
 */
@RestControllerAdvice(basePackageClasses = Problems.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class Problems {

    private final RefusedAttempts refusedAttempts;

    Problems(RefusedAttempts refusedAttempts) {
        this.refusedAttempts = refusedAttempts;
    }

    @ExceptionHandler
    ProblemDetail refused(Refusal refusal, HttpServletRequest request) {
        var status = switch (refusal.kind()) {
            case INCOMPLETE -> HttpStatus.BAD_REQUEST;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case UNKNOWN -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
        };
        if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
            var person = request.getUserPrincipal();
            refusedAttempts.record(
                    person == null ? "nobody" : person.getName(),
                    "api",
                    request.getMethod() + " " + request.getRequestURI(),
                    String.valueOf(refusal.getMessage()));
        }
        return ProblemDetail.forStatusAndDetail(status, refusal.getMessage());
    }

    /** What a process has a way around is, to whoever asks by hand, a state in which this cannot be done. */
    @ExceptionHandler
    ProblemDetail hindered(Hindrance hindrance) {
        var problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, hindrance.getMessage());
        problem.setProperty("code", hindrance.code());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail malformed(MalformedInput input) {
        var problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, input.getMessage());
        problem.setTitle("The file was refused and nothing was changed");
        problem.setProperty("place", input.place());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail incomplete(MethodArgumentNotValidException body) {
        var wrong = body.getFieldErrors().stream()
                .map(error -> "$." + error.getField())
                .sorted()
                .distinct()
                .toList();
        var problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST,
                wrong.stream().map(place -> place.substring(2)).collect(Collectors.joining(", "))
                        + (wrong.size() == 1 ? " is missing." : " are missing."));
        problem.setProperty("place", String.join(", ", wrong));
        return problem;
    }

    @ExceptionHandler
    ProblemDetail unreadable(HttpMessageNotReadableException body) {
        if (refusalIn(body) instanceof Refusal refusal) {
            return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, refusal.getMessage());
        }
        if (body.getCause() instanceof JsonMappingException mapping
                && !(mapping.getCause() instanceof JsonParseException)
                && !mapping.getPath().isEmpty()) {
            var place = "$"
                    + mapping.getPath().stream()
                            .map(step -> step.getFieldName() == null
                                    ? "[" + step.getIndex() + "]"
                                    : "." + step.getFieldName())
                            .collect(Collectors.joining());
            var problem = ProblemDetail.forStatusAndDetail(
                    HttpStatus.BAD_REQUEST, "What stands at " + place + " is not what belongs there.");
            problem.setProperty("place", place);
            return problem;
        }
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST, "The body is missing, or is not JSON of the shape that is wanted.");
    }

    /** Class 22 is about values (PostgreSQL, appendix A): text with a NUL in it, a number out of range. */
    @ExceptionHandler
    ProblemDetail unstorable(DataIntegrityViolationException stored) {
        if (stored.getMostSpecificCause() instanceof SQLException sql
                && String.valueOf(sql.getSQLState()).startsWith("22")) {
            return ProblemDetail.forStatusAndDetail(
                    HttpStatus.BAD_REQUEST, "A value holds what cannot be kept, such as a NUL character.");
        }
        throw stored;
    }

    @ExceptionHandler
    ProblemDetail fault(AdapterFault fault) {
        return ProblemDetail.forStatusAndDetail(
                fault.isPermanent() ? HttpStatus.BAD_GATEWAY : HttpStatus.SERVICE_UNAVAILABLE, fault.getMessage());
    }

    private static @Nullable Throwable refusalIn(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal) {
                return cause;
            }
        }
        return null;
    }
}
