package sherd.server.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;

/**
 * Many rows at once. Lines become rows of a batch outside the heap as they come; the batch is applied when the last one
 * was good, so a request with a bad line writes nothing.
 */
final class AppendCalls {
    private static final String TEXT = "text/plain";
    private static final List<String> NDJSON =
            List.of("application/x-ndjson", "application/ndjson", "application/jsonl");
    private static final List<String> ACCEPTED =
            List.of("application/x-ndjson", "application/ndjson", "application/jsonl", TEXT);

    /** A batch of records larger than this would hold the loop up for longer than its neighbours should wait. */
    private static final long LOOP_BYTES = 256 << 10;

    private AppendCalls() {}

    static Body append(Exchange exchange) {
        exchange.requireParameters(List.of());
        var table = exchange.table();
        var definition = table.definition();
        if (definition.freeForm()) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "keys of default.kv have no columns: table=" + definition.name() + "; send POST /api/v1/shard");
        }
        var type = exchange.requireType(definition.kind() == TableKind.LOG ? ACCEPTED : NDJSON);
        exchange.requireLength("body of rows", exchange.limits().batchBytes());
        if (type.equals(TEXT)) {
            return text(exchange, table);
        }
        return new RowsBody(exchange, table, ndjson(exchange, table));
    }

    private static Body text(Exchange exchange, ShardedTable table) {
        int time = timeColumn(table.definition());
        int line = lineColumn(table.definition());
        return new RowsBody(exchange, table, (batch, number, address, length) -> {
            int invalid = Utf8.firstInvalid(address, length);
            if (invalid >= 0) {
                throw new StoreException(
                        ErrorCode.INVALID_TEXT,
                        "not UTF-8: column=" + (Utf8.characters(address, invalid) + 1) + " byte="
                                + Utf8.hex(OffHeap.getByte(address + invalid))
                                + "; send UTF-8, or NDJSON to a column of type bytes");
            }
            batch.startRow();
            batch.putLong(time, exchange.now());
            batch.putBytes(line, address, length);
            batch.endRow();
        });
    }

    private static RowsBody.LineReader ndjson(Exchange exchange, ShardedTable table) {
        var reader = new RowReader(table.definition(), exchange.now());
        boolean log = table.definition().kind() == TableKind.LOG;
        int time = log ? timeColumn(table.definition()) : -1;
        return (batch, number, address, length) -> {
            if (blank(address, length)) {
                return;
            }
            var values = reader.read(OffHeap.toArray(address, length));
            if (!log) {
                table.keyOf(values); // refuses rows without a key
            } else if (values[time] == null) {
                values[time] = exchange.now();
            }
            RowLayout.append(batch, values);
        };
    }

    private static boolean blank(long address, int length) {
        for (int i = 0; i < length; i++) {
            byte b = OffHeap.getByte(address + i);
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static int timeColumn(TableDefinition table) {
        return table.indexOf(table.time().orElseThrow());
    }

    /** Where lines of plain text go: the one string column, or the one called {@code line}. */
    private static int lineColumn(TableDefinition table) {
        int found = -1;
        int strings = 0;
        for (int i = 0; i < table.columns().size(); i++) {
            var column = table.columns().get(i);
            if (column.type() == ColumnType.STRING) {
                found = strings++ == 0 || column.name().equals("line") ? i : found;
            }
        }
        if (strings == 0 || (strings > 1 && !table.columns().get(found).name().equals("line"))) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "no column for lines of text: table=" + table.name() + " string_columns=" + strings
                            + "; send NDJSON, or call one string column 'line'");
        }
        return found;
    }

    /** Applies a batch, which is closed then, and replies. On the loop. */
    static void apply(Exchange exchange, ShardedTable table, RowBatch batch) {
        var log = exchange.engine().log();
        if (log.congested(batch.bytes())) {
            log.whenUncongested(
                    batch.bytes(), () -> exchange.loop().loop().execute(() -> apply(exchange, table, batch)));
            return;
        }
        boolean large = batch.bytes() > LOOP_BYTES;
        if (table.definition().kind() == TableKind.RECORD) {
            var upsert = new Upsert(exchange.budget(), table, batch);
            if (large) {
                exchange.engine()
                        .workers()
                        .execute(
                                () -> UnitOfWork.runAndWait(exchange, upsert::addKeys, upsert::putRows, upsert::close));
            } else {
                UnitOfWork.run(exchange, upsert::addKeys, upsert::putRows, upsert::close);
            }
        } else if (large) {
            exchange.engine().workers().execute(() -> appendHere(exchange, table, batch));
        } else {
            appendHere(exchange, table, batch);
        }
    }

    private static void appendHere(Exchange exchange, ShardedTable table, RowBatch batch) {
        try (batch) {
            long lsn = batch.rows() == 0 ? 0 : exchange.engine().append(table, batch);
            exchange.replyWhenKept(lsn, written(batch.rows()));
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    private static Response written(int rows) {
        return Response.json(200, json -> {
            json.writeStartObject();
            json.writeNumberProperty("rows", rows);
            json.writeEndObject();
        });
    }

    /** Puts all records of a batch in one unit of work. */
    private static final class Upsert implements AutoCloseable {
        private final ShardedTable table;
        private final RowBatch batch;
        private final Region key;

        Upsert(MemoryBudget budget, ShardedTable table, RowBatch batch) {
            this.table = table;
            this.batch = batch;
            this.key = new Region(budget, MemoryBudget.Purpose.NETWORK, 256);
        }

        void addKeys(Session session) {
            long at = batch.address();
            for (int i = 0; i < batch.rows(); i++) {
                int length = keyOf(RowLayout.toObjects(at, batch.columns()));
                session.addKey(table, key.address(), length);
                at += RowLayout.length(at);
            }
        }

        Response putRows(Session session) {
            long at = batch.address();
            for (int i = 0; i < batch.rows(); i++) {
                var values = RowLayout.toObjects(at, batch.columns());
                int length = keyOf(values);
                session.seek(table, key.address(), length);
                put(session, values, i);
                at += RowLayout.length(at);
            }
            return written(batch.rows());
        }

        private void put(Session session, @Nullable Object[] values, int done) {
            try {
                session.putRow(values);
            } catch (StoreException e) {
                throw new StoreException(
                        e.code(),
                        e.getMessage() + "; rows_written=" + done + " of=" + batch.rows()
                                + ", send the request again when there is room",
                        e);
            }
        }

        /** Leaves the key in {@code key}, whose address this may change; returns the length. */
        private int keyOf(@Nullable Object[] values) {
            var bytes = table.keyOf(values);
            key.ensure(bytes.length);
            OffHeap.copy(bytes, 0, key.address(), bytes.length);
            return bytes.length;
        }

        @Override
        public void close() {
            key.close();
            batch.close();
        }
    }
}
