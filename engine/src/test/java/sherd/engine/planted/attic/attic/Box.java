package sherd.engine.planted.attic.attic;

record Box(int size) {}
