package sherd.bench.run;

import java.util.ArrayList;
import java.util.List;
import sherd.bench.side.Side;

/** Servers that run beside each other, and end together. */
final class Sides implements AutoCloseable {
    private final List<Side> all = new ArrayList<>();

    <S extends Side> S add(S side) {
        all.add(side);
        return side;
    }

    List<Side> all() {
        return all;
    }

    @Override
    public void close() {
        all.reversed().forEach(Side::close);
    }
}
