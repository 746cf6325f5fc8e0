#include "core/drives/train_drive.hpp"

namespace volley {

namespace {

class TrainDrive final : public Drive {
public:
    TrainDrive(const Spec& spec, const DriveSetup& setup, MakeTrains make)
        : setup_(setup),
          window_(spec, setup.dt_ms),
          weight_(setup, "weight", spec.value("weight")),
          trains_(make({.dt_ms = setup.dt_ms,
                        .seed = setup.seed,
                        .owner = "stimulus/" + std::string(setup.stimulus),
                        .where = spec.where,
                        .index = setup.index},
                       spec)) {}

    void add(Step step, std::span<double> sum) override {
        if (!window_.contains(step)) return;
        events_.clear();
        trains_->add(step, events_);
        for (const Events& events : events_) {
            sum[setup_.local[events.neuron]] += weight_[events.neuron] * events.number;
        }
    }

    void set(std::string_view parameter, const Value& value) override {
        if (parameter == "weight") {
            weight_ = PerNeuron(setup_, parameter, value);
        } else {
            trains_->set(parameter, value);
        }
    }

    std::size_t bytes() const override { return weight_.bytes() + trains_->bytes(); }

private:
    DriveSetup setup_;
    Window window_;
    PerNeuron weight_;
    std::unique_ptr<EventTrains> trains_;
    std::vector<Events> events_;  ///< of the present step
};

}  // namespace

std::unique_ptr<Drive> make_train_drive(const Spec& spec, const DriveSetup& setup,
                                        MakeTrains make) {
    return std::make_unique<TrainDrive>(spec, setup, make);
}

}  // namespace volley
