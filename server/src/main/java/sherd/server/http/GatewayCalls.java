package sherd.server.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.route.Session;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.version.VersionVector;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The batch gateway: many small operations on one table in one request, done in order. Each has its own result; one
 * that is refused leaves the others as they are. A document that cannot be read does nothing at all.
 */
final class GatewayCalls {
    private static final int MOST_OPS = 10_000;
    private static final int MOST_DIGITS = 32;

    private GatewayCalls() {}

    static Body batch(Exchange exchange) {
        exchange.requireParameters(List.of());
        exchange.requireType(List.of(Response.JSON));
        return DocumentBody.json(exchange, document -> {
            var tableName = new String[] {"default.kv"};
            var ops = new ArrayList<GatewayOp>();
            var seen = new boolean[1];
            JsonIn.object(document, (name, parser) -> {
                switch (name) {
                    case "table" -> tableName[0] = JsonIn.string(name, parser);
                    case "ops" -> {
                        seen[0] = true;
                        ops(document, parser, ops);
                    }
                    default -> throw JsonIn.unknown(name, "table, ops");
                }
            });
            if (!seen[0]) {
                throw JsonIn.invalid("no ops; send {\"table\": \"default.kv\", \"ops\": [...]}");
            }
            var table = exchange.engine().requireTable(TableName.parse(tableName[0]));
            if (table.definition().kind() == TableKind.LOG) {
                throw JsonIn.invalid("rows of a log table have no key: table=" + tableName[0]
                        + "; append with POST /api/v1/tables/.../rows");
            }
            new Batch(exchange, table, ops).run();
        });
    }

    private static void ops(byte[] document, JsonParser parser, List<GatewayOp> ops) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw JsonIn.wrongType("ops", "an array", parser);
        }
        var reader = new GatewayOp.Reader(document);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            ops.add(reader.read(parser));
            if (ops.size() > MOST_OPS) {
                throw Problem.refuse(
                        ErrorCode.TOO_LARGE,
                        "too many ops in one request: limit=" + MOST_OPS + "; send several requests");
            }
        }
    }

    /** One request's operations with what is known of them before the locks are taken. */
    private static final class Batch {
        private final Exchange exchange;
        private final ShardedTable table;
        private final List<GatewayOp> ops;
        private final byte[] @Nullable [] keys;
        private final @Nullable Object[] @Nullable [] rows;
        private final byte[] @Nullable [] values;
        private final @Nullable Problem[] refused;
        private final byte[] text = new byte[MOST_DIGITS];

        Batch(Exchange exchange, ShardedTable table, List<GatewayOp> ops) {
            this.exchange = exchange;
            this.table = table;
            this.ops = ops;
            this.keys = new byte[ops.size()][];
            this.rows = new Object[ops.size()][];
            this.values = new byte[ops.size()][];
            this.refused = new Problem[ops.size()];
        }

        private boolean freeForm() {
            return table.definition().freeForm();
        }

        void run() {
            var figures = exchange.loop().figures();
            for (int i = 0; i < ops.size(); i++) {
                figures.operation(ops.get(i).verb());
                prepare(i);
            }
            exchange.operations(ops.size());
            UnitOfWork.run(exchange, this::addKeys, this::work);
        }

        /** Reads the operation's key and value; a refusal is its result. */
        private void prepare(int i) {
            var op = ops.get(i);
            try {
                keys[i] = freeForm() ? plainKey(op) : table.keyOf(parts(op));
                if (op.value() == null) {
                    return;
                }
                if (freeForm()) {
                    values[i] = plainValue(op);
                } else {
                    rows[i] = row(op);
                }
            } catch (RefusedException e) {
                refused[i] = e.problem();
            } catch (StoreException e) {
                refused[i] = Problem.of(e);
            } catch (JacksonException e) {
                refused[i] = JsonIn.problemOf(e);
            }
        }

        private static byte[] plainKey(GatewayOp op) {
            var bytes = op.keyBytes();
            if (bytes == null) {
                if (op.key().size() != 1) {
                    throw JsonIn.invalid("a key of default.kv is one part: key='" + op.keyText() + "'");
                }
                bytes = op.key().getFirst().getBytes(StandardCharsets.UTF_8);
            }
            return KeyValueCalls.requireKey(bytes);
        }

        /** A key that is one string is cut like a key in a path; an array is its parts as they are. */
        private List<String> parts(GatewayOp op) {
            if (op.key().size() > 1 || table.definition().key().size() == 1) {
                return op.key();
            }
            return RequestTarget.keyParts(op.keyText()).stream()
                    .map(part -> RequestTarget.text(part, op.keyText()))
                    .toList();
        }

        private static byte[] plainValue(GatewayOp op) {
            var sent = op.value();
            if (sent != null && sent.text() != null) {
                return sent.text();
            }
            var value = new ArrayList<byte[]>();
            if (sent != null) {
                JsonIn.value(sent.json(), parser -> value.add(KeyValueCalls.value("value", parser)));
            }
            return value.getFirst();
        }

        private @Nullable Object[] row(GatewayOp op) {
            var reader = new RowReader(table.definition(), exchange.now());
            var sent = op.value();
            var values = reader.read(sent == null ? new byte[0] : sent.json());
            new RowKey(table, parts(op)).complete(reader, values);
            return values;
        }

        private void addKeys(Session session) {
            for (int i = 0; i < keys.length; i++) {
                var key = keys[i];
                if (refused[i] == null && key != null) {
                    add(session, key);
                }
            }
        }

        private void add(Session session, byte[] key) {
            long address = exchange.loop().key(key);
            if (freeForm()) {
                session.addKey(address, key.length);
            } else {
                session.addKey(table, address, key.length);
            }
        }

        private Kind seek(Session session, byte[] key) {
            long address = exchange.loop().key(key);
            return freeForm() ? session.seek(address, key.length) : session.seek(table, address, key.length);
        }

        private Response work(Session session) {
            return Response.json(200, json -> {
                json.writeStartObject();
                json.writeArrayPropertyStart("results");
                for (int i = 0; i < ops.size(); i++) {
                    one(json, session, i);
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        }

        private void one(JsonGenerator json, Session session, int i) {
            json.writeStartObject();
            var problem = refused[i];
            var key = keys[i];
            if (problem == null && key != null) {
                problem = execute(json, session, i, key);
            }
            if (problem != null) {
                json.writeNumberProperty("status", problem.status());
                json.writeStringProperty("code", problem.code());
                json.writeStringProperty("detail", problem.detail());
            }
            json.writeEndObject();
        }

        /** Writes the members of one result, or says why there are none. */
        private @Nullable Problem execute(JsonGenerator json, Session session, int i, byte[] key) {
            var op = ops.get(i);
            try {
                boolean absent = seek(session, key) == Kind.ABSENT;
                if (!session.accepts(op.guard())) {
                    current(json, session, 412);
                    return null;
                }
                switch (op.verb()) {
                    case GET -> current(json, session, absent ? 404 : 200);
                    case SET, CAS -> {
                        put(session, i);
                        outcome(json, session, absent ? 201 : 200);
                    }
                    case DEL -> {
                        session.remove();
                        outcome(json, session, absent ? 404 : 200);
                    }
                }
                return null;
            } catch (StoreException e) {
                return Problem.of(e);
            } catch (RefusedException e) {
                return e.problem();
            }
        }

        private void put(Session session, int i) {
            var row = rows[i];
            var value = values[i];
            if (row != null) {
                session.putRow(row);
            } else if (value != null) {
                session.putString(exchange.loop().value(value), value.length, Session.NEVER);
            }
        }

        private void outcome(JsonGenerator json, Session session, int status) {
            json.writeNumberProperty("status", status);
            json.writeName("vv");
            vector(json, session.vector());
            json.writeNumberProperty("shard", session.shardId());
        }

        /** The vector's text, without making it: nothing in it needs an escape. */
        private void vector(JsonGenerator json, VersionVector vector) {
            if (vector.size() != 1) {
                json.writeString(vector.toString());
                return;
            }
            int at = digits(text.length, vector.counterAt(0));
            text[--at] = ':';
            at = digits(at, vector.shard(0));
            json.writeUTF8String(text, at, text.length - at);
        }

        /** Writes a number that ends before {@code end}; returns where it starts. */
        private int digits(int end, long number) {
            int at = end;
            long rest = number;
            do {
                text[--at] = (byte) ('0' + rest % 10);
                rest /= 10;
            } while (rest > 0);
            return at;
        }

        /** The row as it stands. What may be refused (a value too large for JSON) comes before anything is written. */
        private void current(JsonGenerator json, Session session, int status) {
            switch (session.kind()) {
                case ABSENT -> outcome(json, session, status);
                case STRING -> {
                    KeyValueCalls.requireShort(session);
                    outcome(json, session, status);
                    json.writeName("value");
                    JsonOut.bytes(json, exchange.loop(), session.valueAddress(), session.valueLength());
                }
                case HASH ->
                    throw Problem.refuse(
                            ErrorCode.WRONG_TYPE,
                            "this key holds a hash; read it with GET /api/v1/tables/default/kv/rows/KEY");
                case ROW -> {
                    outcome(json, session, status);
                    json.writeName("value");
                    JsonOut.row(json, table.definition(), session.row());
                }
            }
        }
    }
}
