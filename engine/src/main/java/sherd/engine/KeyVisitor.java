package sherd.engine;

import sherd.engine.command.Kind;

/** Receives keys during a walk; the memory is valid inside the call only. */
@FunctionalInterface
public interface KeyVisitor {
    void key(long address, int length, Kind kind);
}
