#include "storage/records/catalogue.hpp"

namespace caly::records {

namespace {

const std::vector<record> all{
    {"campaigns.forecast_basis",
     shape::row,
     "cmp id, time start, int calls_min",
     "select b.* from forecast_basis(:tenant, :id, :start, :calls_min) b"},
    {"campaigns.keep_forecast",
     shape::row,
     "cmp id, json forecast, time now",
     "select keep_forecast(:tenant, :id, :forecast, :now) as kept"},
    {"campaigns.forecast",
     shape::row,
     "cmp id",
     "select c.id as \"campaign_id:cmp\", f.made_at, f.forecast as predicted, "
     "forecast_outcome(:tenant, c) as happened from call_campaigns c "
     "left join campaign_forecasts f on f.tenant_id = c.tenant_id and "
     "f.campaign_id = c.id where c.tenant_id = :tenant and c.id = :id"},
};

} // namespace

std::span<const record> forecast_records() {
  return all;
}

} // namespace caly::records
