package sherd.bench.crash;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Writes to a node until that is gone. */
interface Writer {
    History history();

    /** Returns only by throwing: when the node is gone, or answers what it should not. */
    void write(NodeProcess node) throws IOException, WrongAnswerException;

    /** What the node has of this writer's keys, and of others under its name. */
    Map<String, Seen> read(NodeProcess node) throws IOException;

    /** The next round starts from what was seen. */
    void settle(Map<String, Seen> seen, int cut);

    /** What is wrong beyond what a history can tell. */
    List<Finding> findings();
}
