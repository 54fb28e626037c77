"""A quiet night is told of in words of war: without clashes, not a single shot, no violations."""

from __future__ import annotations

import pytest

from bot.reading import Reader
from tests.reading.conftest import make_report

QUIET = {
    "en": (
        "The night passed without clashes.",
        "Not a single shot was fired.",
        "The withdrawal went ahead without incident.",
        "They noted the absence of any ceasefire violation over three days.",
        "There was no shooting overnight.",
    ),
    "fr": (
        "La nuit s'est passée sans affrontements.",
        "Pas un seul coup de feu n'a été tiré.",
        "Le retrait s'est déroulé sans incident.",
        "Ils notent l'absence de toute violation du cessez-le-feu depuis trois jours.",
        "Il n'y a pas eu de tirs cette nuit.",
    ),
    "es": (
        "La noche transcurrió sin enfrentamientos.",
        "No se disparó un solo tiro.",
        "La retirada se desarrolló sin incidentes.",
        "Señalan la ausencia de violaciones del alto el fuego en tres días.",
        "No hubo disparos durante la noche.",
    ),
    "pt": (
        "A noite passou sem confrontos.",
        "Nem um único tiro foi disparado.",
        "A retirada decorreu sem incidentes.",
        "Assinalam a ausência de violações do cessar-fogo há três dias.",
        "Não houve disparos durante a noite.",
    ),
    "ro": (
        "Noaptea a trecut fără ciocniri.",
        "Nu s-a tras niciun foc.",
        "Retragerea s-a desfășurat fără incidente.",
        "Observatorii notează absența oricărei încălcări a încetării focului.",
        "Nu au fost împușcături peste noapte.",
    ),
    "ru": (
        "Ночь прошла без столкновений.",
        "Не прозвучало ни одного выстрела.",
        "Отвод прошёл без происшествий.",
        "Отмечено отсутствие нарушений режима прекращения огня за трое суток.",
        "Стрельбы ночью не было.",
    ),
    "uk": (
        "Ніч минула без зіткнень.",
        "Не пролунало жодного пострілу.",
        "Відведення пройшло без інцидентів.",
        "Відзначено відсутність порушень режиму припинення вогню за три доби.",
        "Стрілянини вночі не було.",
    ),
    "tr": (
        "Gece çatışmasız geçti.",
        "Tek bir kurşun atılmadı.",
        "Çekilme olaysız tamamlandı.",
        "Üç gündür herhangi bir ateşkes ihlali görülmedi.",
        "Gece boyunca silah sesi duyulmadı.",
    ),
    "az": (
        "Gecə toqquşmasız keçdi.",
        "Bir dənə də güllə atılmayıb.",
        "Geri çəkilmə insidentsiz başa çatıb.",
        "Üç gündür atəşkəs pozuntusu qeydə alınmayıb.",
        "Gecə atəş səsi eşidilməyib.",
    ),
    "fa": (
        "شب بدون درگیری گذشت.",
        "حتی یک گلوله شلیک نشد.",
        "خروج نیروها بدون حادثه انجام شد.",
        "در سه روز گذشته نبود هرگونه نقض آتش\u200cبس گزارش شده است.",
        "شب گذشته تیراندازی رخ نداد.",
    ),
    "ar": (
        "مرت الليلة من دون اشتباكات.",
        "لم تُطلق رصاصة واحدة.",
        "جرى الانسحاب دون حوادث.",
        "سجل المراقبون غياب أي خرق لوقف إطلاق النار خلال ثلاثة أيام.",
        "لم يحدث إطلاق نار ليلا.",
    ),
    "ps": (
        "شپه بې له نښتې تېره شوه.",
        "یوه مرمۍ هم ونه ویشتل شوه.",
        "وتل بې له پېښې ترسره شول.",
        "په درېیو ورځو کې د اوربند هېڅ سرغړونه نه ده ثبت شوې.",
        "د ډزو هېڅ پېښه نه ده ثبت شوې.",
    ),
    "ur": (
        "رات بغیر کسی جھڑپ کے گزری۔",
        "ایک بھی گولی نہیں چلی۔",
        "انخلا بغیر کسی ناخوشگوار واقعے کے مکمل ہوا۔",
        "تین دن سے جنگ بندی کی کوئی خلاف ورزی نہیں ہوئی۔",
        "رات کو کوئی فائرنگ نہیں ہوئی۔",
    ),
    "hi": (
        "रात बिना किसी झड़प के बीती।",
        "एक भी गोली नहीं चली।",
        "वापसी बिना किसी घटना के पूरी हुई।",
        "तीन दिन से संघर्षविराम का कोई उल्लंघन नहीं हुआ।",
        "रात में कोई गोलीबारी नहीं हुई।",
    ),
    "he": (
        "הלילה עבר ללא עימותים.",
        "אף ירייה לא נורתה.",
        "הנסיגה הסתיימה ללא תקריות.",
        "לא נרשמה כל הפרה של הפסקת האש בשלושה ימים.",
        "לא היה ירי במהלך הלילה.",
    ),
    "el": (
        "Η νύχτα πέρασε χωρίς συγκρούσεις.",
        "Δεν έπεσε ούτε ένας πυροβολισμός.",
        "Η απόσυρση έγινε χωρίς επεισόδια.",
        "Σημειώθηκε απουσία παραβιάσεων της εκεχειρίας επί τρεις ημέρες.",
        "Δεν υπήρξαν πυροβολισμοί τη νύχτα.",
    ),
    "hy": (
        "Գիշերն անցավ առանց բախումների։",
        "Ոչ մի կրակոց չի արձակվել։",
        "Դուրսբերումն անցավ առանց միջադեպերի։",
        "Երեք օր հրադադարի որևէ խախտում չի արձանագրվել։",
        "Գիշերը կրակոցներ չեն եղել։",
    ),
    "ka": (
        "ღამემ შეტაკებების გარეშე ჩაიარა.",
        "არც ერთი გასროლა არ ყოფილა.",
        "გაყვანა ინციდენტების გარეშე დასრულდა.",
        "სამი დღეა ცეცხლის შეწყვეტის დარღვევა არ დაფიქსირებულა.",
        "ღამით სროლა არ ყოფილა.",
    ),
    "am": (
        "ሌሊቱ ያለ ግጭት አለፈ።",
        "አንድም ጥይት አልተተኮሰም።",
        "መውጣቱ ያለ ችግር ተጠናቀቀ።",
        "በሦስት ቀናት ውስጥ የተኩስ አቁም ጥሰት አልተመዘገበም።",
        "ሌሊት ምንም ተኩስ አልነበረም።",
    ),
    "sw": (
        "Usiku ulipita bila mapigano.",
        "Hakuna hata risasi moja iliyofyatuliwa.",
        "Uondoaji ulifanyika bila tukio lolote.",
        "Hakuna ukiukaji wa usitishaji mapigano uliorekodiwa kwa siku tatu.",
        "Hakukuwa na milio ya risasi usiku.",
    ),
    "tl": (
        "Lumipas ang gabi nang walang sagupaan.",
        "Wala ni isang putok na narinig.",
        "Natapos ang pag-atras nang walang insidente.",
        "Walang naitalang paglabag sa tigil-putukan sa tatlong araw.",
        "Walang putukan kagabi.",
    ),
    "th": (
        "คืนที่ผ่านมาไม่มีการปะทะ",
        "ไม่มีเสียงปืนแม้แต่นัดเดียว",
        "การถอนกำลังเป็นไปโดยไม่มีเหตุการณ์",
        "ไม่พบการละเมิดข้อตกลงหยุดยิงในรอบสามวัน",
        "ไม่มีการยิงกันในช่วงกลางคืน",
    ),
    "km": (
        "យប់កន្លងទៅដោយគ្មានការប៉ះទង្គិច។",
        "គ្មានការបាញ់សូម្បីមួយគ្រាប់។",
        "ការដកទ័ពបានប្រព្រឹត្តទៅដោយគ្មានឧប្បត្តិហេតុ។",
        "មិនមានការរំលោភបទឈប់បាញ់ក្នុងរយៈពេលបីថ្ងៃ។",
        "គ្មានការបាញ់គ្នានៅពេលយប់។",
    ),
    "my": (
        "ညက တိုက်ပွဲမရှိဘဲ ကုန်ဆုံးခဲ့သည်။",
        "သေနတ်သံ တစ်ချက်မျှ မကြားရပါ။",
        "တပ်ဆုတ်ခွာမှု ပြဿနာမရှိဘဲ ပြီးစီးခဲ့သည်။",
        "သုံးရက်အတွင်း အပစ်ရပ်ချိုးဖောက်မှု မရှိပါ။",
        "ညက ပစ်ခတ်မှု မရှိခဲ့ပါ။",
    ),
    "ko": (
        "밤새 충돌 없이 지나갔다.",
        "단 한 발의 총성도 없었다.",
        "철수는 별다른 사건 없이 끝났다.",
        "사흘 동안 정전 위반이 없었다.",
        "밤사이 총격은 없었다.",
    ),
    "zh": (
        "夜间没有发生冲突。",
        "未发一枪一弹。",
        "撤军过程未发生意外。",
        "三天来未记录到任何违反停火行为。",
        "夜间没有枪声。",
    ),
}


@pytest.mark.parametrize("language", QUIET)
def test_a_quiet_night_tells_of_no_act(reader: Reader, language: str) -> None:
    """Neither clashes that there were not nor violations that nobody saw are acts."""
    report = make_report("", " ".join(QUIET[language]), "2025-05-05T12:00:00+00:00")
    finding, workings = reader.work(report)
    assert finding.language == language
    assert workings.relevance["armed_act"] == 0.0
    assert workings.relevance["breached"] == 0.0
    assert workings.relevance["holding"] == 1.0
    assert not finding.is_violation
