/// Every random quantity and choice of a sample, as integer tables: a draw is one lookup.
///
/// All tables of a kind lie behind each other in one array, so that a draw touches no reference
/// but that one.
struct Distributions: Sendable {
  /// Equal steps of probability per quantile table, each interpolated linearly.
  private static let steps = 1_024
  private static let stride = steps + 1
  private static let slots = 1_024

  private let quantiles: [Int32]
  private let choices: [UInt8]

  init() {
    // The ends stand for half a step: a normal quantile of 0 or 1 would be infinite.
    let probabilities = (0...Self.steps).map { step in
      max(0.5, min(Double(Self.steps) - 0.5, Double(step))) / Double(Self.steps)
    }
    let upperHalf = probabilities[(Self.steps / 2)...].map(PortableMath.normalQuantile)
    let normals = upperHalf.dropFirst().reversed().map { -$0 } + upperHalf

    var quantiles: [Int32] = []
    quantiles.reserveCapacity(Quantity.allCases.count * Self.stride)
    for quantity in Quantity.allCases {
      switch quantity.shape {
      case .logNormal(let median, let sigma):
        quantiles += normals.map { Int32((median * PortableMath.exp(sigma * $0)).rounded()) }
      case .power(let least, let most, let exponent):
        quantiles += probabilities.map { probability in
          let factor = PortableMath.exp(-PortableMath.log(1 - probability) / exponent)
          return Int32(min(most, least * factor).rounded())
        }
      case .exponential(let mean):
        quantiles += probabilities.map { Int32((-mean * PortableMath.log(1 - $0)).rounded()) }
      }
    }
    self.quantiles = quantiles

    var choices: [UInt8] = []
    choices.reserveCapacity(Choice.allCases.count * Self.slots)
    for choice in Choice.allCases {
      let weights = choice.weights
      let total = weights.reduce(0, +)
      var passed = 0
      for (option, weight) in weights.enumerated() {
        let from = passed * Self.slots / total
        passed += weight
        let upTo = passed * Self.slots / total
        choices.append(contentsOf: repeatElement(UInt8(option), count: upTo - from))
      }
    }
    self.choices = choices
  }

  /// A value of `quantity`, in its unit.
  @inline(__always)
  func draw(_ quantity: Quantity, _ random: inout SplitMix64) -> Int {
    let bits = random.next()
    let knot = quantity.rawValue &* Self.stride &+ Int(truncatingIfNeeded: bits &>> 54)
    let lower = Int(quantiles[knot])
    let upper = Int(quantiles[knot &+ 1])
    let fraction = Int(truncatingIfNeeded: (bits &>> 38) & 0xffff)
    return lower &+ ((upper &- lower) &* fraction) &>> 16
  }

  /// The position of one of the weights of `choice`.
  @inline(__always)
  func pick(_ choice: Choice, _ random: inout SplitMix64) -> Int {
    Int(choices[choice.rawValue &* Self.slots &+ Int(truncatingIfNeeded: random.next() &>> 54)])
  }
}
