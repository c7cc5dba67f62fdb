package sherd.engine.planted.sound.memory;

import java.lang.foreign.Arena;

public record OwnsArenas(Arena arena) {}
