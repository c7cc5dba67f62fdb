package sherd.engine.planted.arena.column;

import java.lang.foreign.Arena;

record OwnArena(Arena arena) {}
