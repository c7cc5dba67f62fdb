package sherd.engine.planted.sound.table;

import sherd.engine.planted.sound.memory.OwnsArenas;

record LooksDown(OwnsArenas arenas) {
    void fail() {
        throw new IllegalStateException("a named kind");
    }
}
