/// Hours in which something is wrong with a model, so that there is something to find.
public struct SampleIncident: Equatable, Sendable {
  /// Counts from 0, the first day of the sample.
  public let day: Int
  public let model: SampleModel
  /// Milliseconds of the day, UTC.
  public let milliseconds: Range<Int>
  /// How many of 1000 requests fail.
  public let failuresPerThousand: Int
  /// How many times as long requests take.
  public let slowdown: Int

  private static let hour = 3_600_000

  /// The great one: from 08:00 to 18:00 of a working day about two thirds into the sample; none within
  /// less than a week.
  init?(days: Int, start: SampleDate) {
    guard days >= 7 else { return nil }
    var day = days * 2 / 3
    while start.advanced(by: day).isWeekend { day -= 1 }
    self.init(
      day: day, model: .irisImage, milliseconds: 8 * Self.hour..<18 * Self.hour,
      failuresPerThousand: 360, slowdown: 4)
  }

  private init(
    day: Int, model: SampleModel, milliseconds: Range<Int>, failuresPerThousand: Int, slowdown: Int
  ) {
    self.day = day
    self.model = model
    self.milliseconds = milliseconds
    self.failuresPerThousand = failuresPerThousand
    self.slowdown = slowdown
  }

  /// All of a sample, by day: the great one, and one of some hours every ten days or so.
  static func all(_ options: SampleOptions) -> [SampleIncident] {
    guard let great = SampleIncident(days: options.days, start: options.start) else { return [] }
    var incidents = [great]
    for decade in 0..<max(1, options.days / 10) {
      var random = SplitMix64(seed: options.seed, stream: .incidents, index: decade)
      let day = min(options.days - 1, decade * 10 + random.below(10))
      let model = SampleModel.allCases[random.below(SampleModel.allCases.count)]
      let first = 7 + random.below(9)
      let hours = 1 + random.below(4)
      let failures = 120 + random.below(280)
      let slowdown = 2 + random.below(4)
      guard day != great.day, !options.start.advanced(by: day).isWeekend else { continue }
      incidents.append(
        SampleIncident(
          day: day, model: model, milliseconds: first * hour..<(first + hours) * hour,
          failuresPerThousand: failures, slowdown: slowdown))
    }
    return incidents.sorted { $0.day < $1.day }
  }
}
