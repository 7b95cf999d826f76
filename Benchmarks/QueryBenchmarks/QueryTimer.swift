import Engine
import SampleData

/// Asks a query cold, again, and with its window of days moved on.
struct QueryTimer {
  let engine: Engine
  let options: SampleOptions
  let runs: Int

  func measure(_ query: QuerySuite.Query) throws -> Measurement {
    var measurement = Measurement(name: query.name, rowCount: 0)
    for _ in 0..<runs {
      let (time, rowCount) = try time(query.sql, usesCache: false)
      measurement.milliseconds.append(time)
      measurement.rowCount = rowCount
    }
    _ = try time(query.sql, usesCache: true)
    for _ in 0..<runs {
      measurement.again.append(try time(query.sql, usesCache: true).milliseconds)
    }
    let width = options.days - runs
    guard query.canMove, width > runs else { return measurement }
    _ = try time(try windowed(query.sql, from: 0, days: width), usesCache: true)
    for run in 1...runs {
      // A day that was never asked for comes in at the end; one goes at the start.
      let sql = try windowed(query.sql, from: run, days: width)
      measurement.moved.append(try time(sql, usesCache: true).milliseconds)
      measurement.coldWindow.append(try time(sql, usesCache: false).milliseconds)
    }
    return measurement
  }

  private func time(
    _ sql: String, usesCache: Bool
  ) throws -> (milliseconds: Double, rowCount: Int) {
    var session = Session()
    session.usesPartialCache = usesCache
    let result = try engine.execute(sql, in: &session)
    return (result.statistics.elapsed.milliseconds, result.rowCount)
  }

  /// The query over some of the days only.
  private func windowed(_ sql: String, from day: Int, days: Int) throws -> String {
    let generator = try SampleGenerator(options)
    let bounds = [day, day + days].map { day in
      "DATE '1970-01-01' + \(generator.date(ofDay: day).daysSinceEpoch)"
    }
    return sql.replacing(
      "FROM events",
      with: "FROM (SELECT * FROM events WHERE ts >= \(bounds[0]) AND ts < \(bounds[1])) AS events")
  }
}

extension QuerySuite.Query {
  /// Whether it reads all days, and as groups or totals, so that moving a window means something.
  fileprivate var canMove: Bool { !sql.contains("ts >=") && sql.contains("(") }
}
