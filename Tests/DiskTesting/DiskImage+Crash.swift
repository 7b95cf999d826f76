/// What a loss of power leaves of a disk, in the manner of ALICE (Pillai et al., OSDI 2014): anything
/// that was not synced is there, is not, or is there in part, in any combination.
public enum CrashOutcome: Sendable, Hashable {
  /// Nothing that was not synced.
  case nothingUnsynced
  /// All of it: a process that was killed.
  case everything
  /// Names as they were, content only as far as synced: a rename without its data.
  case namesOnly
  /// Content as it was, names only as far as synced.
  case contentOnly
  /// All but the last change of each file, of which one half is there.
  case lastHalf
  /// The sizes as they were, zeros where nothing was synced.
  case zeros
  /// Each change by itself there, halved or gone.
  case scattered(seed: UInt64)
}

extension DiskImage {
  public func crashed(_ outcome: CrashOutcome) -> DiskImage {
    var image = self
    for number in image.nodes.indices {
      var generator = Scatter(state: 0)
      if case .scattered(let seed) = outcome {
        generator = Scatter(state: seed &* 0x9E37_79B9 &+ UInt64(number))
      }
      image.nodes[number] = nodes[number].crashed(outcome, &generator)
    }
    return image
  }
}

extension DiskImage.Node {
  fileprivate func crashed(_ outcome: CrashOutcome, _ generator: inout Scatter) -> Self {
    var node = self
    var content = durable
    var names = durableNames
    switch outcome {
    case .nothingUnsynced: break
    case .everything:
      content = self.content
      names = self.names
    case .namesOnly: names = self.names
    case .contentOnly: content = self.content
    case .lastHalf:
      names = self.names
      for change in changes.dropLast() { change.apply(to: &content) }
      changes.last?.half.apply(to: &content)
    case .zeros:
      names = self.names
      DiskImage.Change.truncate(self.content.count).apply(to: &content)
    case .scattered:
      for change in changes {
        switch generator.next() % 3 {
        case 0: break
        case 1: change.half.apply(to: &content)
        default: change.apply(to: &content)
        }
      }
      for change in nameChanges where generator.next() % 2 == 0 { change.apply(to: &names) }
    }
    node.content = content
    node.durable = content
    node.changes = []
    node.names = names
    node.durableNames = names
    node.nameChanges = []
    return node
  }
}

extension DiskImage.Change {
  /// The first half of what a write writes.
  fileprivate var half: Self {
    switch self {
    case .write(let offset, let bytes):
      .write(offset: offset, bytes: Array(bytes[..<(bytes.count / 2)]))
    case .truncate: self
    }
  }
}

extension DiskImage.NameChange {
  fileprivate func apply(to names: inout [String: Int]) {
    switch self {
    case .set(let name, let number): names[name] = number
    case .remove(let name): names[name] = nil
    case .move(let from, let to, let number):
      names[from] = nil
      names[to] = number
    }
  }
}

/// SplitMix64, so that a seed names a state.
private struct Scatter {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
    return (word ^ (word &>> 31)) >> 8
  }
}
