internal import AccessControl
internal import ColumnStore
internal import Pricing

/// What keeping things stored costs, as SQL: GB-days ÷ 30 × the rate of the day.
///
/// What is stored at a moment is the sum of `bytes_delta` of all events before it, as far as they are kept. A
/// byte costs for as long as it is there, to the second; each day has the rate that is in force when it begins.
/// Rounded to whole micro-dollars once for each organisation and day. Where more was taken away than is known to
/// have been there, since events before are not kept, nothing is stored.
enum StorageStatement {
  /// What changed by organisation and local day, all of it, without a word of the window: so what segments say of
  /// it is known from window to window. Then the byte-seconds of each day of the window, of all organisations:
  /// what there was when the day began, for as long as the day is in the window, and what came on it, from then on.
  ///
  /// A day is named by its date, so that it is the same day whichever midnight clocks have, or none. `{before}` is
  /// whether a row of the first day was before the window, which begins with that day otherwise.
  private static let costs = """
    WITH changes AS (
      SELECT organization_id, {ts}::date AS day, {before} AS is_before, sum(bytes_delta) AS bytes,
        sum(bytes_delta::double precision * extract(epoch FROM {ts} - date_trunc('day', {ts})))
          AS byte_seconds
      FROM events WHERE ts < :until AND bytes_delta IS NOT NULL{charged}{filters}
      GROUP BY 1, 2, 3),
    daily AS (
      SELECT organization_id, greatest(day, :from_instant::date) AS day,
        coalesce(sum(bytes) FILTER (WHERE is_before OR day < :from_instant::date), 0) AS before,
        coalesce(sum(bytes) FILTER (WHERE NOT is_before AND day >= :from_instant::date), 0) AS bytes,
        sum(byte_seconds) FILTER (WHERE NOT is_before AND day >= :from_instant::date) AS byte_seconds
      FROM changes GROUP BY 1, 2),
    days AS (
      SELECT midnight::date AS day, date_trunc('day', midnight::timestamptz) AS midnight,
        greatest(midnight::timestamptz, :from_instant) AS begin,
        least((midnight + INTERVAL '1 day')::timestamptz, :until_instant) AS finish
      FROM generate_series(date_trunc('day', :from_instant::timestamp),
        (:until_instant - INTERVAL '1 millisecond')::timestamp, INTERVAL '1 day') AS days (midnight)),
    stored AS (
      SELECT owners.organization_id, days.day, begin,
        extract(epoch FROM finish - begin) * (sum(coalesce(before + bytes, 0)) OVER (
          PARTITION BY owners.organization_id ORDER BY days.day) - coalesce(bytes, 0))
        + coalesce(bytes, 0) * extract(epoch FROM finish - midnight) - coalesce(byte_seconds, 0)
          AS byte_seconds
      FROM (SELECT DISTINCT organization_id FROM changes) AS owners CROSS JOIN days
      LEFT JOIN daily ON daily.day = days.day
        AND coalesce(daily.organization_id, '') = coalesce(owners.organization_id, '')),
    costs AS (
      SELECT day, byte_seconds / 1073741824 / 86400 AS gigabyte_days,
        round(byte_seconds / 1073741824 / 86400 / 30 * {rate}) AS microdollars
      FROM stored WHERE byte_seconds > 0)

    """

  /// In dollars; null where nothing was stored, or nothing has a rate.
  static let value = costs + "SELECT sum(microdollars) / 1000000 AS value FROM costs"

  /// A row for each day on which something was stored.
  static let byDay =
    costs + """
      SELECT day::text AS day, sum(gigabyte_days) AS gigabyte_days, sum(microdollars) AS microdollars,
        count(*) FILTER (WHERE microdollars IS NULL) AS unpriced
      FROM costs GROUP BY day ORDER BY 1
      """

  /// With the rates of a book, and their parameters. Rates of organisations that `scope` has not are those of
  /// somebody else: nobody is shown them, and no row needs them.
  static func filled(
    _ sql: String, _ book: PriceBook, for scope: OrganizationScope, chargesAll: Bool,
    cutsDay: Bool
  ) -> (sql: String, arguments: [String: Value]) {
    var arguments: [String: Value] = [:]
    var cases = ""
    let rates = book.prices.compactMap { price -> (Price, Int64)? in
      guard price.item == .resource(.storage), case .rate(let rate) = price.amount else {
        return nil
      }
      return (price, rate)
    }
    // An organisation's own goes before the one for all as soon as it is in force; the newest first.
    let own = rates.reversed().filter { $0.0.organization.map(scope.contains) ?? false }
    for (price, rate) in own + rates.reversed().filter({ $0.0.organization == nil }) {
      let place = arguments.count
      var condition = "begin >= :rate_from_\(place)"
      arguments["rate_from_\(place)"] = .timestampWithTimeZone(price.validFrom.milliseconds)
      if let organization = price.organization {
        condition = "organization_id = :rate_of_\(place) AND \(condition)"
        arguments["rate_of_\(place)"] = .text(organization.text)
      }
      cases += " WHEN \(condition) THEN \(rate)"
    }
    return (
      sql.filling("{rate}", with: cases.isEmpty ? "NULL::bigint" : "(CASE\(cases) END)")
        .filling("{before}", with: cutsDay ? "ts < :from" : "false")
        .filling("{charged}", with: chargesAll ? "" : " AND \(CostRules.isChargedStorage)"),
      arguments
    )
  }
}
