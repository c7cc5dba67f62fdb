package sherd.server.http;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import tools.jackson.core.JsonGenerator;

/**
 * What went wrong, as RFC 9457 writes it. {@code code} is the store's error code, or a word of HTTP's own
 * (CONFLICT, METHOD_NOT_ALLOWED, ...); {@code type} is that code as a URN.
 *
 * @param members writes members beyond the standard ones
 */
record Problem(
        int status,
        String code,
        String detail,
        List<Response.Header> headers,
        @Nullable Consumer<JsonGenerator> members) {
    static final String CONTENT_TYPE = "application/problem+json";

    static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), null);
    }

    static Problem of(ErrorCode code, String detail) {
        var problem = of(status(code), code.name(), detail);
        return problem.status() == 503 ? problem.header("retry-after", "1") : problem;
    }

    static Problem of(StoreException failure) {
        return of(failure.code(), String.valueOf(failure.getMessage()));
    }

    static RefusedException refuse(ErrorCode code, String detail) {
        return new RefusedException(of(code, detail));
    }

    static RefusedException refuse(int status, String code, String detail) {
        return new RefusedException(of(status, code, detail));
    }

    static RefusedException tooLarge(String what, long limit) {
        return refuse(ErrorCode.TOO_LARGE, what + " too large: limit_bytes=" + limit + "; send it in smaller parts");
    }

    Problem header(String name, String value) {
        return new Problem(status, code, detail, Response.Header.added(headers, name, value), members);
    }

    Problem with(Consumer<JsonGenerator> more) {
        return new Problem(status, code, detail, headers, more);
    }

    /** The one table from errors to statuses. */
    static int status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, UNKNOWN_COLUMN, WRONG_TYPE, INVALID_TEXT, INVALID_QUERY, INVALID_CONFIG -> 400;
            case UNKNOWN_TABLE, NOT_FOUND -> 404;
            case TABLE_EXISTS -> 409;
            case TOO_LARGE -> 413;
            case OUT_OF_MEMORY, DISK_FULL -> 507;
            case LOG_FAILED, LOG_BEHIND, DATA_IN_USE, PORT_IN_USE, CLOSED, IN_DOUBT, OBJECTS_UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case DISK_FAILED, CORRUPT_LOG, CORRUPT_SEGMENT, CORRUPT_CATALOG, CORRUPT_ROUTES, INTERNAL_INVARIANT -> 500;
        };
    }

    /** The code in words: {@code UNKNOWN_TABLE} is "unknown table". */
    String title() {
        return code.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    String type() {
        return "urn:sherd:error:" + code.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    void write(JsonGenerator json, String instance) {
        json.writeStartObject();
        json.writeStringProperty("type", type());
        json.writeStringProperty("title", title());
        json.writeNumberProperty("status", status);
        json.writeStringProperty("detail", detail);
        json.writeStringProperty("instance", instance);
        json.writeStringProperty("code", code);
        if (members != null) {
            members.accept(json);
        }
        json.writeEndObject();
    }
}
