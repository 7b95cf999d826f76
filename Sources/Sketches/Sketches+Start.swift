public struct HyperLogLog: Hashable, Sendable {}
public struct TDigest: Hashable, Sendable {}
