package sherd.engine.planted.neighbours.time;

public final class Neighbour {}
