package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the catalog keeps of a table's shards as of the last checkpoint. */
public record TableState(List<ShardState> shards) {
    /**
     * Written under the shard's number as {@code graves,nextRow}.
     *
     * @param graves highest counter of a removal
     * @param nextRow id of the next row of a log table; rows before it are in segments or in the checkpoint
     */
    public record ShardState(int shard, long graves, long nextRow) {}

    public TableState {
        shards = List.copyOf(shards);
    }

    public Map<String, String> encode() {
        var encoded = new TreeMap<String, String>();
        for (var shard : shards) {
            encoded.put(Integer.toString(shard.shard()), shard.graves() + "," + shard.nextRow());
        }
        return encoded;
    }

    public static TableState decode(Map<String, String> encoded) {
        var shards = new ArrayList<ShardState>();
        encoded.forEach((shard, text) -> {
            int comma = text.indexOf(',');
            shards.add(new ShardState(
                    Integer.parseInt(shard),
                    Long.parseLong(text, 0, comma, 10),
                    Long.parseLong(text, comma + 1, text.length(), 10)));
        });
        return new TableState(shards);
    }
}
