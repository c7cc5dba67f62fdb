package sherd.engine.planted.cycle.disk;

import sherd.engine.planted.cycle.memory.Egg;

public record Hen(Egg egg) {}
