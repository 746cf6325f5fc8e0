// Another project that uses the installed libraries: one call into each of them.

#include "core/neurons/neuron_model.hpp"
#include "io/version.hpp"
#include "network/model.hpp"

#include <iostream>

int main() {
    volley::Model model;
    model.title = "carried as bytes";
    const bool same = volley::deserialise_model(volley::serialise(model)).title == model.title;
    const bool known = volley::find_neuron_model("lif_psc_exp") != nullptr;
    std::cout << "linked with volley " << volley::version_number() << '\n';
    return same && known ? 0 : 1;
}
