package sherd.server.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.version.Guard;
import sherd.engine.version.VersionVector;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One operation of a batch as it was sent. */
final class GatewayOp {
    private final Verb verb;
    private final List<String> key;
    private final byte @Nullable [] value;
    private final Guard guard;

    private GatewayOp(Verb verb, List<String> key, byte @Nullable [] value, Guard guard) {
        this.verb = verb;
        this.key = key;
        this.value = value;
        this.guard = guard;
    }

    Verb verb() {
        return verb;
    }

    /** The parts; where a composite key was sent as one string, that string, still to be cut like a key in a path. */
    List<String> key() {
        return key;
    }

    String keyText() {
        return String.join(",", key);
    }

    /** The JSON text of the value. */
    byte @Nullable [] value() {
        return value;
    }

    Guard guard() {
        return guard;
    }

    enum Verb {
        GET,
        SET,
        DEL,
        CAS
    }

    /** Reads the operation that the parser stands on. */
    static GatewayOp read(byte[] document, JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw JsonIn.wrongType("ops", "{\"op\": ..., \"key\": ...}", parser);
        }
        var draft = new Draft();
        JsonIn.members(parser, (name, member) -> draft.member(name, member, document));
        return draft.finish();
    }

    /** The members seen so far. */
    private static final class Draft {
        private @Nullable Verb verb;
        private @Nullable List<String> key;
        private byte @Nullable [] value;
        private @Nullable VersionVector read;
        private @Nullable VersionVector next;

        void member(String name, JsonParser parser, byte[] document) {
            switch (name) {
                case "op" -> verb = verb(JsonIn.string(name, parser));
                case "key" -> key = key(parser);
                case "value" -> value = raw(parser, document);
                case "vv" -> read = vector(name, parser);
                case "next" -> next = vector(name, parser);
                // Keys say where they are; a hint for proxies needs no more than to be well formed.
                case "shard_key" -> JsonIn.skip(parser);
                default -> throw JsonIn.unknown(name, "op, key, value, vv, next, shard_key");
            }
        }

        GatewayOp finish() {
            if (verb == null || key == null) {
                throw JsonIn.invalid("an operation needs op and key: op=" + verb + " key=" + key);
            }
            boolean writes = verb == Verb.SET || verb == Verb.CAS;
            if (writes != (value != null)) {
                throw JsonIn.invalid((writes ? "no value: op=" : "a value means nothing here: op=")
                        + verb.name().toLowerCase(Locale.ROOT) + " key='" + String.join(",", key) + "'");
            }
            if (read != null && next != null) {
                throw JsonIn.invalid("both vv and next: key='" + String.join(",", key)
                        + "'; send vv, the vector you read, or next, the vector you want to write");
            }
            return new GatewayOp(verb, key, value, guard(verb));
        }

        private Guard guard(Verb verb) {
            if (next != null) {
                return new Guard.Next(next);
            }
            if (read != null) {
                return new Guard.Expected(read);
            }
            return verb == Verb.CAS ? new Guard.Expected(VersionVector.EMPTY) : new Guard.Any();
        }

        private static Verb verb(String text) {
            return switch (text) {
                case "get" -> Verb.GET;
                case "set" -> Verb.SET;
                case "del" -> Verb.DEL;
                case "cas" -> Verb.CAS;
                default -> throw JsonIn.invalid("unknown op: op='" + text + "'; use get, set, del or cas");
            };
        }

        private static List<String> key(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                return List.of(JsonIn.string("key", parser));
            }
            var parts = new ArrayList<String>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                parts.add(JsonIn.string("key", parser));
            }
            return parts;
        }

        private static byte @Nullable [] raw(JsonParser parser, byte[] document) {
            var slice = JsonIn.skip(parser);
            return Arrays.copyOfRange(document, slice.from(), slice.to());
        }

        /** {@code "0:1,2:3"}, {@code [1,0,3]}, or null for none. */
        private static @Nullable VersionVector vector(String name, JsonParser parser) {
            return switch (parser.currentToken()) {
                case VALUE_NULL -> null;
                case START_ARRAY -> dense(name, parser);
                default -> {
                    var text = JsonIn.string(name, parser);
                    yield VersionVector.parse(text).orElseThrow(() -> notAVector(name, "'" + text + "'"));
                }
            };
        }

        private static VersionVector dense(String name, JsonParser parser) {
            var counters = new ArrayList<Long>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                counters.add(JsonIn.integer(name, parser, 0, Long.MAX_VALUE));
            }
            return VersionVector.ofDense(
                    counters.stream().mapToLong(Long::longValue).toArray());
        }

        private static StoreException notAVector(String name, String shown) {
            return new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "not a version vector: " + name + "=" + shown
                            + "; write shard:counter pairs sorted by shard (\"0:1,2:3\") or one counter a shard ([1,0,3])");
        }
    }
}
