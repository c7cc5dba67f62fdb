package sherd.server.http;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.route.Session;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.version.VersionVector;
import tools.jackson.core.JsonGenerator;

/** One row of a record table, by its key in the path. Rows of {@code default.kv} are {@link KeyValueCalls}' matter. */
final class RowCalls {
    private RowCalls() {}

    /** The row that a path names. */
    private static final class Target {
        private final ShardedTable table;
        private final byte[] key;
        private final RowKey parts;

        Target(ShardedTable table, RowKey parts) {
            this.table = table;
            this.key = table.keyOf(parts.parts());
            this.parts = parts;
        }

        TableDefinition definition() {
            return table.definition();
        }

        static Target of(Exchange exchange, ShardedTable table) {
            if (table.definition().kind() == TableKind.LOG) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "rows of a log table have no key: table="
                                + table.definition().name() + "; read them with search, add them with POST .../rows");
            }
            var parts = RequestTarget.keyParts(exchange.capture("key"));
            var texts = parts.stream()
                    .map(part -> RequestTarget.text(part, exchange.capture("key")))
                    .toList();
            return new Target(table, new RowKey(table, texts));
        }

        void addTo(Exchange exchange, Session session) {
            session.addKey(table, exchange.loop().key(key), key.length);
        }

        Kind seek(Exchange exchange, Session session) {
            return session.seek(table, exchange.loop().key(key), key.length);
        }
    }

    static Body get(Exchange exchange) {
        var table = exchange.table();
        if (table.definition().freeForm()) {
            return KeyValueCalls.get(exchange);
        }
        var target = Target.of(exchange, table);
        var conditions = Preconditions.of(exchange);
        return Body.ignored(() -> run(exchange, target, session -> {
            if (target.seek(exchange, session) == Kind.ABSENT) {
                throw missing(exchange);
            }
            var vector = session.vector();
            if (conditions.unchanged(vector)) {
                return tagged(Response.empty(304), vector);
            }
            var row = session.row();
            return tagged(Response.json(200, json -> JsonOut.row(json, target.definition(), row)), vector);
        }));
    }

    static Body put(Exchange exchange) {
        var table = exchange.table();
        if (table.definition().freeForm()) {
            return KeyValueCalls.put(exchange);
        }
        var target = Target.of(exchange, table);
        var conditions = Preconditions.of(exchange);
        exchange.requireType(List.of(Response.JSON));
        return DocumentBody.json(exchange, document -> {
            var reader = new RowReader(target.definition(), exchange.now());
            var values = reader.read(document);
            target.parts.complete(reader, values);
            run(exchange, target, session -> {
                boolean created = target.seek(exchange, session) == Kind.ABSENT;
                if (!conditions.allow(session.vector())) {
                    throw conflict(target.definition(), session);
                }
                session.putRow(values);
                return written(created ? 201 : 200, session);
            });
        });
    }

    static Body patch(Exchange exchange) {
        var table = exchange.table();
        if (table.definition().freeForm()) {
            return KeyValueCalls.patch(exchange);
        }
        var target = Target.of(exchange, table);
        var conditions = Preconditions.of(exchange);
        exchange.requireType(List.of(Response.JSON, "application/merge-patch+json"));
        return DocumentBody.json(exchange, document -> {
            var reader = new RowReader(target.definition(), exchange.now());
            var values = reader.read(document);
            target.parts.complete(reader, values);
            run(exchange, target, session -> {
                boolean absent = target.seek(exchange, session) == Kind.ABSENT;
                if (!conditions.allow(session.vector())) {
                    throw conflict(target.definition(), session);
                }
                if (absent) {
                    throw missing(exchange);
                }
                var row = session.row();
                for (int i = 0; i < row.length; i++) {
                    row[i] = reader.given(i) ? values[i] : row[i];
                }
                session.putRow(row);
                return written(200, session);
            });
        });
    }

    static Body delete(Exchange exchange) {
        var table = exchange.table();
        if (table.definition().freeForm()) {
            return KeyValueCalls.delete(exchange);
        }
        var target = Target.of(exchange, table);
        var conditions = Preconditions.of(exchange);
        return Body.ignored(() -> run(exchange, target, session -> {
            boolean absent = target.seek(exchange, session) == Kind.ABSENT;
            if (!conditions.allow(session.vector())) {
                throw conflict(target.definition(), session);
            }
            if (absent) {
                throw missing(exchange);
            }
            session.remove();
            return Response.empty(204);
        }));
    }

    private static void run(Exchange exchange, Target target, Function<Session, Response> work) {
        UnitOfWork.run(exchange, session -> target.addTo(exchange, session), work);
    }

    static Response tagged(Response response, VersionVector vector) {
        return response.header("etag", Preconditions.tag(vector));
    }

    /** The reply to an accepted write: the new version, as header and as {@code vv}. */
    static Response written(int status, Session session) {
        var vector = session.vector();
        int shard = session.shardId();
        return tagged(
                Response.json(status, json -> {
                    json.writeStartObject();
                    json.writeStringProperty("vv", vector.toString());
                    json.writeNumberProperty("shard", shard);
                    json.writeEndObject();
                }),
                vector);
    }

    static RefusedException missing(Exchange exchange) {
        return Problem.refuse(ErrorCode.NOT_FOUND, "no such row: path='" + exchange.path() + "'; PUT creates it");
    }

    private static RefusedException conflict(TableDefinition table, Session session) {
        if (session.kind() == Kind.ABSENT) {
            return conflict(session, JsonGenerator::writeNull);
        }
        var row = session.row();
        return conflict(session, json -> JsonOut.row(json, table, row));
    }

    /** 412 with the current row, {@code null} if there is none, and its version. */
    static RefusedException conflict(Session session, Consumer<JsonGenerator> current) {
        var vector = session.vector();
        var problem = Problem.of(
                        412,
                        "CONFLICT",
                        vector.size() == 0
                                ? "the row is not there; leave If-Match out to create it"
                                : "the row has another version: current=" + vector
                                        + "; look at the current row, then try again with its ETag")
                .with(json -> {
                    json.writeStringProperty("vv", vector.toString());
                    json.writeName("row");
                    current.accept(json);
                });
        return new RefusedException(vector.size() == 0 ? problem : problem.header("etag", Preconditions.tag(vector)));
    }
}
