/// Who is there, how often, and who comes back.
extension MetricCatalogue {
  static let engagement: [MetricDefinition] = [
    MetricDefinition(
      "average_dau", "Average DAU",
      "The mean of the distinct users of each day of the range; days without anybody count as 0.",
      .mean, better: .up, in: .engagement,
      .statement(
        """
        SELECT sum(active)::double precision / :days AS value, sum(active) AS numerator,
          :days AS denominator
        FROM (
          SELECT date_trunc('day', {ts}) AS day, count(DISTINCT user_id) AS active FROM events
          WHERE ts >= :from AND ts < :to AND \(EventRules.isActivity){filters}
          GROUP BY 1) AS daily
        """)),
    MetricDefinition(
      "active_users", "Active users", "Distinct users with at least one event in the range.",
      .people, better: .up, in: .engagement,
      .events(EventRules.activePeople)),
    MetricDefinition(
      "active_users_24h", "Active, 24 hours",
      "Distinct users with at least one event in the last 24 hours, which are no calendar day.",
      .people, better: .up, in: .engagement, over: .lastHours(24),
      .events(EventRules.activePeople)),
    MetricDefinition(
      "new_signups", "New signups", "People who signed up in the range.", .people, better: .up,
      in: .engagement,
      .people("signup")),
    MetricDefinition(
      "immature_signups", "Signups still within their first week",
      """
      People who signed up in the range and whose \(EventRules.activationDays) days are not over, so \
      that activation does not count them yet.
      """, .people, better: .none, in: .engagement,
      .statement(
        """
        SELECT count(*) AS value FROM (
          SELECT user_id FROM events
          WHERE ts >= :from AND ts < :to AND event_type = 'signup' AND user_id IS NOT NULL{filters}
          GROUP BY user_id HAVING min(ts) > :mature) AS immature
        """)),
    MetricDefinition(
      "retention_30d", "30-day retention",
      """
      Of the people who were first active 30 days before the last day of the range or earlier, the share \
      who were active again on the 30th day after their first or later. It looks at all events that are \
      kept.
      """, .ratio, better: .up, in: .engagement, over: .lifetime,
      .statement(
        """
        SELECT count(*) FILTER (WHERE last_day - first_day >= 30)::double precision
            / nullif(count(*), 0) AS value,
          count(*) FILTER (WHERE last_day - first_day >= 30) AS numerator, count(*) AS denominator
        FROM (
          SELECT user_id, min(date_trunc('day', {ts}))::date AS first_day,
            max(date_trunc('day', {ts}))::date AS last_day
          FROM events WHERE ts < :to AND \(EventRules.isActivity){filters}
          GROUP BY user_id) AS people
        WHERE first_day <= :thirty_days_before::date
        """)),
    MetricDefinition(
      "sessions", "Sessions", "Sessions that began in the range.", .count, better: .up,
      in: .engagement, .aggregate(.sessions, value: "count(*)")),
    MetricDefinition(
      "average_session_hours", "Session length",
      "Time from login to logout, or to the last activity, divided by the number of sessions.",
      .hours, better: .up, in: .engagement,
      .aggregate(
        .sessions,
        value: "sum(total_seconds)::double precision / 3600 / nullif(count(total_seconds), 0)",
        numerator: "sum(total_seconds)::double precision / 3600",
        denominator: "count(total_seconds)")),
    MetricDefinition(
      "export_users", "People who exported", "People who exported something.", .people, better: .up,
      in: .engagement, .people("export")),
    MetricDefinition(
      "xai_users", "People who used XAI", "People who used explanations.", .people, better: .up,
      in: .engagement, .people("xai")),
    MetricDefinition(
      "export_adoption_rate", "Export adoption",
      "Of the people who were active in the range, the share who exported something.", .ratio,
      better: .up, in: .engagement, .quotient("export_users", "active_users")),
    MetricDefinition(
      "xai_adoption_rate", "XAI adoption",
      "Of the people who were active in the range, the share who used explanations.", .ratio,
      better: .up, in: .engagement, .quotient("xai_users", "active_users")),
  ]
}
