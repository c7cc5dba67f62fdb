package sherd.server.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Rows of {@code default.kv}, the keys that RESP clients see: a string is {@code {"value": "..."}} or raw bytes, a hash
 * is {@code {"fields": {...}}}. The key is one part; a comma in it is written {@code %2C}.
 */
final class KeyValueCalls {
    /** A larger value takes another door: here it would be copied several times over. */
    private static final int MOST_JSON_BYTES = 16 << 20;

    private static final int MOST_KEY_BYTES = 64 << 10;

    private KeyValueCalls() {}

    static Body get(Exchange exchange) {
        var key = key(exchange);
        var conditions = Preconditions.of(exchange);
        boolean raw = exchange.accepts(Response.BYTES);
        return Body.ignored(() -> run(exchange, key, session -> {
            if (seek(exchange, session, key) == Kind.ABSENT) {
                throw RowCalls.missing(exchange);
            }
            var vector = session.vector();
            if (conditions.unchanged(vector)) {
                return RowCalls.tagged(Response.empty(304), vector);
            }
            if (raw && session.kind() == Kind.STRING) {
                var body = JsonOut.copy(session.valueAddress(), session.valueLength());
                return RowCalls.tagged(new Response(200, Response.BYTES, body, List.of()), vector);
            }
            return RowCalls.tagged(Response.json(200, json -> current(json, exchange.loop(), session)), vector);
        }));
    }

    static Body put(Exchange exchange) {
        var key = key(exchange);
        var conditions = Preconditions.of(exchange);
        var type = exchange.requireType(List.of(Response.JSON, Response.BYTES));
        if (type.equals(Response.BYTES)) {
            return DocumentBody.raw(exchange, (value, length) -> put(exchange, key, conditions, value, length));
        }
        return DocumentBody.json(exchange, document -> {
            var value = new ArrayList<byte[]>();
            JsonIn.object(document, (name, parser) -> {
                if (!name.equals("value")) {
                    throw JsonIn.unknown(name, "value; fields of a hash are set with PATCH");
                }
                value.add(value(name, parser));
            });
            if (value.isEmpty()) {
                throw JsonIn.invalid("no value: key='" + exchange.capture("key") + "'; send {\"value\": \"...\"}");
            }
            var bytes = value.getFirst();
            var region = new Region(exchange.budget(), MemoryBudget.Purpose.NETWORK, bytes.length);
            OffHeap.copy(bytes, 0, region.address(), bytes.length);
            put(exchange, key, conditions, region, bytes.length);
        });
    }

    /** Closes the value when it is stored. */
    private static void put(Exchange exchange, byte[] key, Preconditions conditions, Region value, int length) {
        UnitOfWork.run(
                exchange,
                session -> session.addKey(exchange.loop().key(key), key.length),
                session -> {
                    boolean created = seek(exchange, session, key) == Kind.ABSENT;
                    require(exchange, conditions, session);
                    session.putString(value.address(), length, Session.NEVER);
                    return RowCalls.written(created ? 201 : 200, session);
                },
                value::close);
    }

    static Body patch(Exchange exchange) {
        var key = key(exchange);
        var conditions = Preconditions.of(exchange);
        exchange.requireType(List.of(Response.JSON, "application/merge-patch+json"));
        return DocumentBody.json(exchange, document -> {
            var fields = new LinkedHashMap<String, byte @Nullable []>();
            JsonIn.object(document, (name, parser) -> {
                if (!name.equals("fields") || parser.currentToken() != JsonToken.START_OBJECT) {
                    throw JsonIn.unknown(name, "fields: {\"fields\": {\"name\": \"value\", \"gone\": null}}");
                }
                JsonIn.members(
                        parser,
                        (field, value) -> fields.put(
                                field, value.currentToken() == JsonToken.VALUE_NULL ? null : value(field, value)));
            });
            patch(exchange, key, conditions, fields);
        });
    }

    private static void patch(
            Exchange exchange, byte[] key, Preconditions conditions, Map<String, byte @Nullable []> fields) {
        run(exchange, key, session -> {
            var kind = seek(exchange, session, key);
            require(exchange, conditions, session);
            if (kind == Kind.STRING) {
                throw Problem.refuse(
                        ErrorCode.WRONG_TYPE,
                        "this key holds a string, which has no fields: key='" + exchange.capture("key")
                                + "'; PUT {\"value\": ...} replaces it");
            }
            fields.forEach((name, value) -> {
                var bytes = name.getBytes(StandardCharsets.UTF_8);
                long address = exchange.loop().name(bytes);
                if (value == null) {
                    session.removeField(address, bytes.length);
                } else {
                    session.putField(address, bytes.length, exchange.loop().value(value), value.length);
                }
            });
            return session.kind() == Kind.ABSENT
                    ? Response.empty(204)
                    : RowCalls.written(kind == Kind.ABSENT ? 201 : 200, session);
        });
    }

    static Body delete(Exchange exchange) {
        var key = key(exchange);
        var conditions = Preconditions.of(exchange);
        return Body.ignored(() -> run(exchange, key, session -> {
            boolean absent = seek(exchange, session, key) == Kind.ABSENT;
            require(exchange, conditions, session);
            if (absent) {
                throw RowCalls.missing(exchange);
            }
            session.remove();
            return Response.empty(204);
        }));
    }

    private static void require(Exchange exchange, Preconditions conditions, Session session) {
        if (!conditions.allow(session.vector())) {
            // Written while the row is locked: afterwards its memory may be another's.
            var row = session.kind() == Kind.ABSENT
                    ? "null"
                    : JsonOut.text(json -> current(json, exchange.loop(), session));
            throw RowCalls.conflict(session, json -> json.writeRawValue(row));
        }
    }

    /** A key as it stands now: {@code {"value": ...}} or {@code {"fields": {...}}}. */
    static void current(JsonGenerator json, LoopState loop, Session session) {
        json.writeStartObject();
        switch (session.kind()) {
            case STRING -> {
                requireShort(session);
                json.writeName("value");
                JsonOut.bytes(json, loop, session.valueAddress(), session.valueLength());
            }
            case HASH, ROW -> {
                json.writeObjectPropertyStart("fields");
                session.firstField();
                while (session.nextField()) {
                    json.writeName(
                            JsonOut.lenient(OffHeap.toArray(session.fieldNameAddress(), session.fieldNameLength())));
                    JsonOut.bytes(json, OffHeap.toArray(session.fieldValueAddress(), session.fieldValueLength()));
                }
                json.writeEndObject();
            }
            case ABSENT -> {}
        }
        json.writeEndObject();
    }

    /** A value that JSON can hold. */
    static void requireShort(Session session) {
        if (session.valueLength() > MOST_JSON_BYTES) {
            throw Problem.refuse(
                    ErrorCode.TOO_LARGE,
                    "value too large for JSON: bytes=" + session.valueLength() + " limit_bytes=" + MOST_JSON_BYTES
                            + "; ask with accept: application/octet-stream");
        }
    }

    /** A value in a request: text, or {@code {"base64": "..."}}. */
    static byte[] value(String name, JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return JsonIn.string(name, parser).getBytes(StandardCharsets.UTF_8);
        }
        var bytes = new ArrayList<byte[]>();
        JsonIn.members(parser, (member, value) -> {
            if (!member.equals("base64")) {
                throw JsonIn.unknown(member, "base64");
            }
            try {
                bytes.add(Base64.getDecoder().decode(JsonIn.string(member, value)));
            } catch (IllegalArgumentException e) {
                throw JsonIn.wrongType(name, "base64", value);
            }
        });
        if (bytes.isEmpty()) {
            throw JsonIn.wrongType(name, "a string or {\"base64\": \"...\"}", parser);
        }
        return bytes.getFirst();
    }

    private static byte[] key(Exchange exchange) {
        var parts = RequestTarget.keyParts(exchange.capture("key"));
        if (parts.size() != 1) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "a key of default.kv is one part: parts=" + parts.size() + " key='" + exchange.capture("key")
                            + "'; write a comma within it as %2C");
        }
        return requireKey(parts.getFirst());
    }

    static byte[] requireKey(byte[] key) {
        if (key.length > MOST_KEY_BYTES) {
            throw Problem.refuse(
                    ErrorCode.TOO_LARGE,
                    "key too large: bytes=" + key.length + " limit_bytes=" + MOST_KEY_BYTES + "; use a shorter key");
        }
        return key;
    }

    private static Kind seek(Exchange exchange, Session session, byte[] key) {
        return session.seek(exchange.loop().key(key), key.length);
    }

    private static void run(Exchange exchange, byte[] key, Function<Session, Response> work) {
        UnitOfWork.run(exchange, session -> session.addKey(exchange.loop().key(key), key.length), work);
    }
}
