package sherd.server.observe;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stacks merged from the bottom up, each frame with the number of samples that it was in. */
public final class FrameTree {
    /** A frame, with those it called. */
    static final class Frame {
        private final String name;
        private final Map<String, Frame> callees = new TreeMap<>();
        private long samples;

        private Frame(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        long samples() {
            return samples;
        }

        /** By name, so that what is the same stands at the same place in every picture. */
        Collection<Frame> callees() {
            return callees.values();
        }
    }

    private final Frame root = new Frame("all");

    /** A sample; the outermost frame comes first. */
    synchronized void add(List<String> stack) {
        var frame = root;
        frame.samples++;
        for (var name : stack) {
            frame = frame.callees.computeIfAbsent(name, Frame::new);
            frame.samples++;
        }
    }

    Frame root() {
        return root;
    }
}
