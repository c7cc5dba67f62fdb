package sherd.engine.route;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.ColumnText;
import sherd.engine.schema.Position;
import sherd.engine.schema.TableDefinition;

/** Positions of shard keys that are not simply the key: their texts joined by a zero byte. */
final class ShardKeys {
    private ShardKeys() {}

    static List<byte[]> texts(TableDefinition definition, @Nullable Object[] values) {
        return definition.shardKey().stream()
                .map(name -> {
                    int column = definition.indexOf(name);
                    var value = values[column];
                    return value == null
                            ? new byte[0]
                            : ColumnText.format(definition.columns().get(column).type(), value);
                })
                .toList();
    }

    static long position(List<byte[]> texts) {
        if (texts.isEmpty()) {
            return 0;
        }
        int length = texts.stream().mapToInt(text -> text.length + 1).sum() - 1;
        var unlimited = new MemoryBudget(Long.MAX_VALUE);
        try (var scratch = new Region(unlimited, MemoryBudget.Purpose.NETWORK, Math.max(1, length))) {
            long at = Objects.requireNonNull(scratch).address();
            for (int i = 0; i < texts.size(); i++) {
                OffHeap.copy(texts.get(i), 0, at, texts.get(i).length);
                at += texts.get(i).length;
                if (i < texts.size() - 1) {
                    OffHeap.putByte(at++, (byte) 0);
                }
            }
            return Position.of(scratch.address(), length);
        }
    }
}
