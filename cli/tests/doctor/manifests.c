// Drivers: what is wrong with their manifests or their libraries.
#include "plant.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "doctor_linker.h"
#include "os/files.h"

static const char ICD[] = "/usr/share/vulkan/icd.d/test_icd.json";

static void examine(plant *machine)
{
    cli_drivers_finish(&machine->drivers);
    cli_check_manifests(&machine->findings, &machine->place, &machine->drivers);
}

TEST(a_good_driver_is_ok)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/usr/lib/libtest.so");
    plant_library(t, machine, "/usr/lib/libtest.so", "doctor_good", 0);
    examine(machine);
    CHECK_FINDS(machine, CLI_OK, "driver", "libtest.so can be loaded (Vulkan 1.3.230)", NULL);
    CHECK_TROUBLES(machine, 0);
    CHECK(cli_drivers_find(&machine->drivers, "libtest"));
    CHECK(!cli_drivers_find(&machine->drivers, "libother"));
}

TEST(manifests_are_taken_in_the_order_of_their_names)
{
    static const char *const NAMES[] = {"c.json", "a.json", "e.json", "b.json", "d.json"};
    plant *machine = plant_machine(t);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        kt_text path = {0};
        kt_text_format(&path, "/etc/vulkan/icd.d/%s", NAMES[i]);
        plant_file(t, machine, path.bytes, "{}");
        kt_text_finish(&path);
    }
    examine(machine);
    CHECK_EQ_U64(machine->findings.count, 5);
    for (size_t i = 0; i < machine->findings.count; i++) {
        char name[] = {(char)('a' + i), '.', 'j', 's', 'o', 'n', '\0'};
        CHECK_CONTAINS(machine->findings.items[i].sentence, name);
    }
}

TEST(no_manifest_at_all_says_where_and_what_to_install)
{
    plant *machine = plant_machine(t);
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "no driver manifest is in /etc/xdg/vulkan/icd.d",
                "install a Vulkan driver");
    plant_file(t, machine, "/etc/os-release", "NAME=Debian\nID=debian\n");
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "", "sudo apt-get install mesa-vulkan-drivers");
    plant_file(t, machine, "/etc/os-release", "ID=debianish\n");
    cli_findings_finish(&machine->findings);
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "", "install a Vulkan driver");
    plant_file(t, machine, "/etc/os-release", "ID=rocky\nID_LIKE=\"rhel centos fedora\"\n");
    machine->place.uid = 0;
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "", "dnf install mesa-vulkan-drivers");
    plant_file(t, machine, "/dev/nvidia0", "");
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "", "NVIDIA's driver below");
}

TEST(broken_manifests_are_named_with_their_line)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, "/etc/vulkan/icd.d/a.json", "{\n\"ICD\": {\n}");
    plant_file(t, machine, "/etc/vulkan/icd.d/b.json",
               "{\"ICD\": {\"library_path\": \"libx.so\", \"api_version\": \"1.3.0\"}}");
    plant_file(t, machine, "/etc/vulkan/icd.d/c.json", "{\"layer\": {}}");
    plant_file(t, machine, "/etc/vulkan/icd.d/notes.txt", "no manifest");
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "/etc/vulkan/icd.d/a.json', line 3", "remove");
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "b.json has no \"file_format_version\"",
                "add \"file_format_version\"");
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "c.json', line 1: no ICD object", "remove");
    CHECK_TROUBLES(machine, 3);
}

TEST(another_file_format_version_is_a_warning)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, ICD,
               "{\"file_format_version\": \"9.0.0\", \"ICD\": {\"library_path\": "
               "\"/libtest.so\", \"api_version\": \"1.3.0\"}}");
    plant_library(t, machine, "/libtest.so", "doctor_good", 0);
    examine(machine);
    CHECK_FINDS(machine, CLI_WARNING, "manifest", "file_format_version \"9.0.0\"", "newer loader");
    CHECK_TROUBLES(machine, 1);
}

TEST(manifests_for_other_programs_are_passed_over)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, ICD,
               sizeof(void *) == 8 ? "{\"file_format_version\": \"1.0.1\", \"ICD\": "
                                     "{\"library_path\": \"/none.so\", \"api_version\": \"1.3.0\","
                                     "\"library_arch\": \"32\"}}"
                                   : "{\"file_format_version\": \"1.0.1\", \"ICD\": "
                                     "{\"library_path\": \"/none.so\", \"api_version\": \"1.3.0\","
                                     "\"library_arch\": \"64\"}}");
    examine(machine);
    CHECK_FINDS(machine, CLI_OK, "driver", "-bit programs", NULL);
    CHECK_TROUBLES(machine, 0);
}

TEST(variables_that_hide_drivers_are_told)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_driver(t, machine, "/mine/own.json", "/libtest.so");
    plant_library(t, machine, "/libtest.so", "doctor_good", 0);
    plant_variable(t, machine, "VK_DRIVER_FILES=/mine/own.json:/mine/gone.json");
    examine(machine);
    CHECK_FINDS(machine, CLI_WARNING, "manifest",
                "VK_DRIVER_FILES hides /usr/share/vulkan/icd.d/test_icd.json",
                "unset VK_DRIVER_FILES");
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "/mine/gone.json cannot be read: No such file",
                "correct the variable");
    CHECK_FINDS(machine, CLI_OK, "driver", "/mine/own.json", NULL);
    CHECK_TROUBLES(machine, 2);
    // What it names it does not hide.
    machine->variables[0] = "VK_DRIVER_FILES=/usr/share/vulkan/icd.d/";
    cli_findings_finish(&machine->findings);
    examine(machine);
    CHECK_TROUBLES(machine, 0);
}

TEST(an_empty_variable_hides_every_driver)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_variable(t, machine, "VK_DRIVER_FILES=");
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "VK_DRIVER_FILES is set and empty",
                "unset VK_DRIVER_FILES");
}

TEST(drivers_that_a_filter_leaves_out_are_told)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_variable(t, machine, "VK_LOADER_DRIVERS_DISABLE=*test*");
    examine(machine);
    CHECK_FINDS(machine, CLI_WARNING, "driver", "left out by VK_LOADER_DRIVERS_DISABLE=*test*",
                "unset VK_LOADER_DRIVERS_DISABLE");
    machine->variables[0] = "VK_LOADER_DRIVERS_SELECT=other*";
    examine(machine);
    CHECK_FINDS(machine, CLI_WARNING, "driver", "left out by VK_LOADER_DRIVERS_SELECT=other*",
                "unset VK_LOADER_DRIVERS_SELECT");
    CHECK_EQ_U64(machine->drivers.count, 0);
    CHECK_EQ_STRING(machine->drivers.variable, "VK_LOADER_DRIVERS_SELECT");
}

TEST(a_driver_in_two_places_is_told)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_driver(t, machine, "/etc/vulkan/icd.d/other_icd.json", "/link.so");
    plant_driver(t, machine, "/etc/vulkan/icd.d/test_icd.json", "/libnewer.so");
    plant_library(t, machine, "/libtest.so", "doctor_good", 0);
    plant_library(t, machine, "/libnewer.so", "doctor_good", 0);
    plant_link(t, machine, "/link.so", "libtest.so");
    examine(machine);
    CHECK_FINDS(machine, CLI_WARNING, "driver", "name the same library", "remove one");
    plant_driver(t, machine, "/etc/vulkan/icd.d/other_icd.json", "/libnewest.so");
    plant_library(t, machine, "/libnewest.so", "doctor_good", 0);
    cli_findings_finish(&machine->findings);
    examine(machine);
    CHECK_FINDS(machine, CLI_WARNING, "driver", "are one driver in two places", "remove one");
    CHECK_TROUBLES(machine, 1);
}

// Each library differs from a good one in one thing.
TEST(libraries_that_do_not_load_are_told)
{
    static const char OTHER_CLASS[] = {sizeof(void *) == 8 ? ELFCLASS32 : ELFCLASS64};
    static const char OTHER_MACHINE[] = {EM_SPARC, 0}, EXECUTABLE[] = {ET_EXEC, 0};
    static const struct {
        const char *sentence;
        long offset;
        const char *bytes;
        size_t size_bytes;
    } ROWS[] = {
        {" bit; this program is ", EI_CLASS, OTHER_CLASS, 1},
        {"it is built for machine 2", 18, OTHER_MACHINE, 2},
        {"no dynamic library", 16, EXECUTABLE, 2},
        {"no ELF file", 0, "elf", 3},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        plant *machine = plant_machine(t);
        plant_driver(t, machine, ICD, "../../../lib/libtest.so");
        plant_library(t, machine, "/usr/lib/libtest.so", "doctor_good", 0);
        plant_bytes(t, machine, "/usr/lib/libtest.so", ROWS[i].offset, ROWS[i].bytes,
                    ROWS[i].size_bytes);
        examine(machine);
        CHECK_FINDS(machine, CLI_WRONG, "driver", ROWS[i].sentence, "for this architecture");
        CHECK_TROUBLES(machine, 1);
        CHECK(!machine->drivers.items[0].usable);
    }
}

TEST(a_library_that_was_cut_short_is_told)
{
    static const struct {
        size_t size_bytes;
        const char *sentence;
    } ROWS[] = {
        {1, "the file is no ELF file"},
        {40, "its ELF header is damaged"},
        {100, "cut short or damaged"},
        {5000, "its segments reach past its end at 5000 bytes"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        plant *machine = plant_machine(t);
        plant_driver(t, machine, ICD, "/libtest.so");
        plant_library(t, machine, "/libtest.so", "doctor_good", ROWS[i].size_bytes);
        examine(machine);
        CHECK_FINDS(machine, CLI_WRONG, "driver", ROWS[i].sentence, "");
        CHECK_TROUBLES(machine, 1);
    }
}

// Where the dynamic section of a library of this architecture lies in its file, and its hash table;
// 0 where it has none.
static void find_sections(kt_test *t, const char *path, long *dynamic, long *hash)
{
    size_t size_bytes = 0;
    char *bytes = kt_read_file(path, &size_bytes);
    ElfW(Ehdr) head = {0};
    *dynamic = *hash = 0;
    if (CHECK(bytes && size_bytes >= sizeof head))
        memcpy(&head, bytes, sizeof head);
    for (unsigned i = 0; i < head.e_phnum; i++) {
        ElfW(Phdr) segment;
        memcpy(&segment, bytes + head.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_type != PT_DYNAMIC)
            continue;
        *dynamic = (long)segment.p_offset;
        for (size_t j = 0; j < segment.p_filesz / sizeof(ElfW(Dyn)); j++) {
            ElfW(Dyn) entry;
            memcpy(&entry, bytes + segment.p_offset + j * sizeof entry, sizeof entry);
            if (entry.d_tag == DT_GNU_HASH)
                *hash = (long)entry.d_un.d_ptr; // the first segment starts with the file
        }
    }
    free(bytes);
}

// Damage that only the dynamic linker notices: it refuses the one and does not survive the other.
TEST(a_library_that_is_damaged_inside_is_told)
{
    static const char JUNK[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    static const char *const SENTENCES[] = {"the dynamic linker dies of it (SIG",
                                            "the dynamic linker refuses it: "};
    for (int i = 0; i < 2; i++) {
        long offsets[2];
        plant *machine = plant_machine(t);
        plant_driver(t, machine, ICD, "/libtest.so");
        plant_library(t, machine, "/libtest.so", "doctor_good", 0);
        find_sections(t, plant_path(t, machine, "/libtest.so"), &offsets[0], &offsets[1]);
        if (CHECK(offsets[i]))
            plant_bytes(t, machine, "/libtest.so", offsets[i] + 8, JUNK, 32);
        examine(machine);
        CHECK_FINDS(machine, CLI_WRONG, "driver", SENTENCES[i], "");
        CHECK_TROUBLES(machine, 1);
    }
}

TEST(a_library_that_is_not_there_is_told)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_driver(t, machine, "/etc/vulkan/icd.d/bare.json", "libkronos_nowhere.so.1");
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "driver", "/libtest.so does not load: there is no such file",
                "install the package");
    CHECK_FINDS(machine, CLI_WRONG, "driver",
                "libkronos_nowhere.so.1 does not load: the dynamic linker does not find it", "");
}

TEST(what_a_library_lacks_is_named)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_library(t, machine, "/libtest.so", "doctor_needy", 0);
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "driver",
                "it needs libkronos_doctor_gone.so, which is not found",
                "install the packages that hold libkronos_doctor_gone.so");
    // A bare name, found by the dynamic linker, and what it needs in turn.
    plant_driver(t, machine, ICD, "libneedy.so");
    plant_library(t, machine, "/libneedy.so", "doctor_needy", 0);
    kt_text folders = {0};
    kt_text_format(&folders, "LD_LIBRARY_PATH=%s", machine->place.root);
    plant_variable(t, machine, folders.bytes);
    cli_findings_finish(&machine->findings);
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "driver",
                "libneedy.so does not load: it needs libkronos_doctor_gone.so", "");
    plant_library(t, machine, "/libkronos_doctor_gone.so", "doctor_good", 0);
    cli_findings_finish(&machine->findings);
    examine(machine);
    CHECK_FINDS(machine, CLI_OK, "driver", "/libneedy.so can be loaded", NULL);
    kt_text_finish(&folders);
}

// As when a driver of the host is mounted into a container with an older system.
TEST(a_library_for_a_newer_system_is_told)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_library(t, machine, "/libtest.so", "doctor_good", 0);
    const char *path = plant_path(t, machine, "/libtest.so");
    size_t size_bytes = 0;
    char *bytes = kt_read_file(path, &size_bytes);
    static const char VERSION[] = "GLIBC_2.";
    char *at = bytes ? memmem(bytes, size_bytes, VERSION, sizeof VERSION - 1) : NULL;
    if (CHECK(at))
        plant_bytes(t, machine, "/libtest.so", at - bytes + 6, "9", 1);
    free(bytes);
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "driver", "version `GLIBC_9.", "");
}

TEST(a_library_that_anybody_can_change_is_told)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_library(t, machine, "/libtest.so", "doctor_good", 0);
    CHECK(chmod(plant_path(t, machine, "/libtest.so"), 0666) == 0);
    examine(machine);
    CHECK_FINDS(machine, CLI_OK, "driver", "libtest.so can be loaded", NULL);
    CHECK_FINDS(machine, CLI_WARNING, "driver", "is writable by every user", "KRONOS_DRIVER");
    cli_check_own_driver(&machine->findings, plant_path(t, machine, "/libtest.so"));
    CHECK_FINDS(machine, CLI_WRONG, "driver", "is writable by every user", "mend");
    CHECK(chmod(plant_path(t, machine, "/libtest.so"), 0644) == 0);
    cli_check_own_driver(&machine->findings, plant_path(t, machine, "/libtest.so"));
    CHECK_FINDS(machine, CLI_OK, "driver", "may be opened without the loader", NULL);
}

// What the dynamic linker writes under LD_DEBUG=files.
TEST(libraries_looked_for_in_vain_are_read_from_its_log)
{
    static const char LOG[] =
        "       418:\t\n"
        "       418:\tfile=libvulkan.so.1 [0];  dynamically loaded by /lib/libkronos.so.0 [0]\n"
        "       418:\tfile=libvulkan.so.1 [0];  generating link map\n"
        "       418:\tfile=libEGL.so.1 [0];  dynamically loaded by /lib/libGLX_nvidia.so.0 [0]\n"
        "       418:\t\n"
        "       418:\tfile=libEGL.so.1 [0];  dynamically loaded by /lib/libGLX_nvidia.so.0 [0]\n"
        "       418:\tfile=libX11.so.6 [0];  needed by /my libs/libother.so [0]\n"
        "       418:\topening file=/lib/libGLX_nvidia.so.0 [0]; direct_opencount=2\n";
    kt_text missing = {0}, who = {0};
    cli_linker_read_debug(LOG, &missing, &who);
    CHECK_EQ_STRING(kt_text_string(&missing), "libEGL.so.1 libX11.so.6 ");
    CHECK_EQ_STRING(
        kt_text_string(&who),
        "libEGL.so.1 for /lib/libGLX_nvidia.so.0, libX11.so.6 for /my libs/libother.so");

    plant *machine = plant_machine(t);
    cli_find(&machine->findings, CLI_WRONG, "driver", "x");
    cli_fix_by_libraries(&machine->findings, &machine->place, missing.bytes);
    CHECK_FINDS(machine, CLI_WRONG, "driver", "x", "packages that hold libEGL.so.1 libX11.so.6");
    plant_file(t, machine, "/etc/os-release", "ID=ubuntu\nID_LIKE=debian\n");
    cli_fix_by_libraries(&machine->findings, &machine->place, missing.bytes);
    CHECK_FINDS(machine, CLI_WRONG, "driver", "x", "sudo apt-get install libegl1 libx11-6");
    // No Debian package is named after such a version.
    cli_fix_by_libraries(&machine->findings, &machine->place, "libEGL.so.1 libnvidia-x.so.580.1 ");
    CHECK_FINDS(machine, CLI_WRONG, "driver", "x", "packages that hold libEGL.so.1 libnvidia-x");
    kt_text_finish(&missing);
    kt_text_finish(&who);
}

TEST(manifests_for_certify_are_looked_at_too)
{
    plant *machine = plant_machine(t);
    plant_driver(t, machine, ICD, "/libtest.so");
    plant_library(t, machine, "/libtest.so", "doctor_good", 0);
    plant_variable(t, machine, "KRONOS_EXTRA_DRIVERS=/extra/gone.json");
    examine(machine);
    CHECK_FINDS(machine, CLI_WRONG, "manifest", "/extra/gone.json cannot be read", "variable");
}
